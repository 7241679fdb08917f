/* Preloaded into the tool: getaddrinfo() for names that exist nowhere.
 *
 *   hang….test    sleeps 10 s, hang3s-….test 3 s, then resolves
 *   nx….test      does not exist (EAI_NONAME)
 *   again….test   the name server has trouble (EAI_AGAIN)
 *   ….test        127.0.0.1
 *
 * Everything else goes to the real function. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef int resolver(const char *, const char *, const struct addrinfo *, struct addrinfo **);

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
    return real("127.0.0.1", service, hints, result);
}
