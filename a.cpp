T foo(int x) {
  (void)x;

  co_await A();
}
namespace n { struct S { T bar(int, double) { co_await A(); } }; }
int main(){
  foo(1);
  n::S().bar(1,2);
}
