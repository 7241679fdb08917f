/* Preloaded into the program: getaddrinfo() for names that do not exist.
 *
 *   hang….test    sleeps 10 s, hang3s-….test 3 s, then resolves
 *   nx….test      does not exist (EAI_NONAME)
 *   again….test   temporary failure (EAI_AGAIN)
 *   moves….test   127.0.0.99 the first time, then 127.0.0.1
 *   public….test  8.8.8.8, mixed….test first 127.0.0.1 and then 8.8.8.8
 *   ….test        127.0.0.1
 *
 * Everything else goes to the real function. Connections to 8.8.8.8 go to 127.0.0.1. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

static const char *PUBLIC = "8.8.8.8", *LOOPBACK = "127.0.0.1";

typedef int resolver(const char *, const char *, const struct addrinfo *, struct addrinfo **);
typedef int connector(int, const struct sockaddr *, socklen_t);

static int starts_with(const char *text, const char *prefix) {
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

static int ends_with(const char *text, const char *suffix) {
    size_t length = strlen(text), tail = strlen(suffix);
    return length >= tail && strcmp(text + length - tail, suffix) == 0;
}

static void hang(const char *name) {
    char *unit = NULL;
    long wanted = strtol(name + strlen("hang"), &unit, 10);
    struct timespec left = {.tv_sec = wanted > 0 && *unit == 's' ? wanted : 10};
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
}

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result) {
    resolver *real = (resolver *)dlsym(RTLD_NEXT, "getaddrinfo");
    if (node == NULL || !ends_with(node, ".test"))
        return real(node, service, hints, result);
    if (starts_with(node, "nx"))
        return EAI_NONAME;
    if (starts_with(node, "again"))
        return EAI_AGAIN;
    if (starts_with(node, "hang"))
        hang(node);
    if (hints != NULL && hints->ai_family == AF_INET6)
        return EAI_NONAME;
    if (starts_with(node, "public"))
        return real(PUBLIC, service, hints, result);
    static int moved;
    if (starts_with(node, "moves") && !__atomic_exchange_n(&moved, 1, __ATOMIC_SEQ_CST))
        return real("127.0.0.99", service, hints, result);
    int status = real(LOOPBACK, service, hints, result);
    if (status == 0 && starts_with(node, "mixed")) {
        struct addrinfo *last = *result;
        while (last->ai_next != NULL)
            last = last->ai_next;
        status = real(PUBLIC, service, hints, &last->ai_next);
    }
    return status;
}

int connect(int socket, const struct sockaddr *address, socklen_t size) {
    connector *real = (connector *)dlsym(RTLD_NEXT, "connect");
    if (address->sa_family == AF_INET) {
        struct sockaddr_in other = *(const struct sockaddr_in *)address;
        if (other.sin_addr.s_addr == inet_addr(PUBLIC)) {
            other.sin_addr.s_addr = inet_addr(LOOPBACK);
            return real(socket, (const struct sockaddr *)&other, sizeof other);
        }
    }
    return real(socket, address, size);
}
