/*
 * A load generator on epoll alone, one thread: reads rounds from stdin as `perf load` does, one a line, and prints what each gave.
 * It sends echo and lines in a closed loop. What it does beside the kernel's part is next to nothing, so that a server which is
 * a little cheaper than another shows in what it answers, and not only in its CPU time.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { READ = 1 << 18, EVENTS = 256, STALLED_MS = 30000, SUB = 64, BUCKETS = 40 * SUB };

struct conn {
    int fd;
    int verified;    /* the first answer was compared */
    int wants_write;
    size_t unsent;   /* bytes of requests that the socket had no room for */
    size_t received; /* bytes of the oldest answer */
    long long sent_at; /* when the last ones were */
};

struct round {
    int port, server, connections, depth, rate;
    size_t payload;
    char kind[16];
    long settle_ms, measured_ms;
};

static int epoll;
static char data[READ], *request, *requests;
static size_t copies; /* whole requests in `requests` */
static long long latencies[BUCKETS], answered;
static const char *failure;

static long long nanos_of(clockid_t clock) {
    struct timespec t;
    if (clock_gettime(clock, &t) < 0) return -1;
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static long long now(void) { return nanos_of(CLOCK_MONOTONIC); }

/* CPU time of a process, all its threads together. */
static long long cpu_of(int pid) {
    clockid_t clock;
    return clock_getcpuclockid(pid, &clock) ? -1 : nanos_of(clock);
}

/* SUB buckets for each power of two. */
static int bucket_of(long long nanos) {
    int shift = nanos < 2 * SUB ? 0 : 63 - __builtin_clzll(nanos) - 6;
    int bucket = shift * SUB + (int)(nanos >> shift);
    return bucket < BUCKETS ? bucket : BUCKETS - 1;
}

static long long nanos_in(int bucket) {
    int shift = bucket < 2 * SUB ? 0 : bucket / SUB - 1;
    return (long long)(bucket - shift * SUB) << shift;
}

static int watch(struct conn *c, int op, unsigned events) {
    struct epoll_event e = {.events = events, .data.ptr = c};
    return epoll_ctl(epoll, op, c->fd, &e);
}

/* Sends what is unsent; the rest waits until the socket has room. */
static int send_some(struct conn *c, size_t payload) {
    int full = 0;
    while (c->unsent && !full) {
        size_t from = (payload - c->unsent % payload) % payload;
        size_t n = copies * payload - from;
        if (n > c->unsent) n = c->unsent;
        ssize_t sent = send(c->fd, requests + from, n, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EAGAIN) return -1;
        full = sent < (ssize_t)n;
        if (sent > 0) c->unsent -= sent;
    }
    if (full == c->wants_write) return 0;
    c->wants_write = full;
    return watch(c, EPOLL_CTL_MOD, full ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

/* Reads once, and sends as many requests as were answered if there shall be more. */
static int receive(struct conn *c, size_t payload, int more) {
    ssize_t n = recv(c->fd, data, READ, MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN) return 0;
    if (n <= 0) {
        failure = "the server closed a connection in the middle of a round";
        return -1;
    }
    if (!c->verified) {
        size_t first = payload - c->received < (size_t)n ? payload - c->received : (size_t)n;
        if (memcmp(data, request + c->received, first)) {
            failure = "not an echo";
            return -1;
        }
        c->verified = c->received + first == payload;
    }
    c->received += n;
    size_t done = c->received / payload;
    if (!done) return 0;
    c->received %= payload;
    answered += done;
    long long t = now();
    latencies[bucket_of(t - c->sent_at)] += done;
    if (!more) return 0;
    c->sent_at = t;
    c->unsent += done * payload;
    return send_some(c, payload);
}

static int dial(struct conn *c, int port) {
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int one = 1;
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof to) < 0) return -1;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return 0;
}

static void make_requests(const struct round *r) {
    int lines = !strcmp(r->kind, "LINES");
    copies = r->depth > 1 ? r->depth : 1;
    request = requests = realloc(requests, copies * r->payload);
    for (size_t i = 0; i < r->payload; i++) request[i] = lines ? (char)('a' + i % 26) : (char)(i * 31 + 7);
    if (lines) request[r->payload - 1] = '\n';
    for (size_t i = 1; i < copies; i++) memcpy(requests + i * r->payload, request, r->payload);
}

static void print_result(long long counted, long long nanos, long long server, long long own) {
    printf("result %lld %lld %lld %lld 0 0 %lld ", counted, nanos, server, own, answered);
    for (int i = 0; i < BUCKETS; i++) {
        if (latencies[i]) printf("%lld:%lld,", nanos_in(i), latencies[i]);
    }
    printf("\n");
}

/* From the first request to the last answer. */
static int play(const struct round *r, struct conn *all) {
    for (int i = 0; i < r->connections; i++) {
        if (dial(&all[i], r->port) < 0 || watch(&all[i], EPOLL_CTL_ADD, EPOLLIN) < 0) return -1;
    }
    long long begun = now(), ends = begun + r->settle_ms * 1000000LL, from = 0, before = 0, server = 0, own = 0;
    long long counted = 0, nanos = 0, sent = (long long)r->connections * r->depth;
    int measuring = 0, more = 1;
    for (int i = 0; i < r->connections; i++) {
        all[i].sent_at = begun;
        all[i].unsent = r->depth * r->payload;
        if (send_some(&all[i], r->payload) < 0) return -1;
    }
    while (more || answered < sent) {
        struct epoll_event events[EVENTS];
        int n = epoll_wait(epoll, events, EVENTS, STALLED_MS);
        if (n <= 0) {
            failure = "no answer for 30 s";
            return -1;
        }
        for (int i = 0; i < n; i++) {
            struct conn *c = events[i].data.ptr;
            long long had = answered;
            if (events[i].events & EPOLLOUT && send_some(c, r->payload) < 0) return -1;
            if (events[i].events & EPOLLIN && receive(c, r->payload, more) < 0) return -1;
            if (more) sent += answered - had;
        }
        long long t = now();
        if (t < ends || !more) continue;
        if (!measuring) {
            measuring = 1;
            memset(latencies, 0, sizeof latencies);
            before = answered;
            server = cpu_of(r->server);
            own = nanos_of(CLOCK_PROCESS_CPUTIME_ID);
            from = now();
            ends = from + r->measured_ms * 1000000LL;
        } else {
            more = 0;
            nanos = t - from;
            counted = answered - before;
            server = cpu_of(r->server) - server;
            own = nanos_of(CLOCK_PROCESS_CPUTIME_ID) - own;
        }
    }
    if (!counted) {
        failure = "not one request was answered in the measured time";
        return -1;
    }
    print_result(counted, nanos, server, own);
    return 0;
}

static int run(const struct round *r) {
    if ((strcmp(r->kind, "ECHO") && strcmp(r->kind, "LINES")) || r->rate) {
        failure = "the load generator in C sends echo and lines in a closed loop";
        return -1;
    }
    make_requests(r);
    answered = 0;
    memset(latencies, 0, sizeof latencies);
    struct conn *all = calloc(r->connections, sizeof *all);
    epoll = epoll_create1(0);
    int status = play(r, all);
    for (int i = 0; i < r->connections; i++) {
        if (all[i].fd > 0) close(all[i].fd);
    }
    close(epoll);
    free(all);
    return status;
}

int main(void) {
    char line[512];
    while (fgets(line, sizeof line, stdin)) {
        struct round r;
        if (sscanf(line, "%d %d %15s %d %zu %d %d %ld %ld", &r.port, &r.server, r.kind, &r.connections, &r.payload,
                   &r.depth, &r.rate, &r.settle_ms, &r.measured_ms) != 9) {
            printf("result failed: not a round: %s", line);
        } else {
            failure = NULL;
            errno = 0;
            if (run(&r) < 0) printf("result failed: %s\n", failure ? failure : strerror(errno));
        }
        fflush(stdout);
    }
    return 0;
}
