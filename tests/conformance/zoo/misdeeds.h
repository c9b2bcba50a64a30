/* What no plugin may do to a process: BREAK_LEFTOVERS_* leaves something behind, BREAK_PROCESS_* changes a setting. */
#ifndef GATEHOUSE_ZOO_MISDEEDS_H
#define GATEHOUSE_ZOO_MISDEEDS_H

#include <gatehouse/abi.h>

#include <fcntl.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef BREAK_LEFTOVERS_THREAD
static void* idle(void* unused) {
    for (;;) pause();
    return unused;
}
#endif

static gh_status misbehave(void) {
#ifdef BREAK_LEFTOVERS_THREAD
    pthread_t thread;
    if (pthread_create(&thread, NULL, idle, NULL) == 0) pthread_detach(thread);
#endif
#ifdef BREAK_LEFTOVERS_DESCRIPTOR
    if (open("/dev/null", O_RDONLY | O_CLOEXEC) < 0) return GH_E_INTERNAL;
#endif
#ifdef BREAK_LEFTOVERS_CHILD
    if (fork() == 0) {
        for (;;) pause();
    }
#endif
#ifdef BREAK_LEFTOVERS_KEY
    pthread_key_t key;
    pthread_key_create(&key, NULL);
#endif
#ifdef BREAK_PROCESS_LOCALE
    setlocale(LC_ALL, "C.UTF-8");
#endif
#ifdef BREAK_PROCESS_DIRECTORY
    if (chdir("/") != 0) return GH_E_INTERNAL;
#endif
#ifdef BREAK_PROCESS_UMASK
    umask(0);
#endif
#ifdef BREAK_PROCESS_ENVIRONMENT
    setenv("GATEHOUSE_ZOO", "1", 1);
#endif
#ifdef BREAK_PROCESS_SIGNAL
    signal(SIGPIPE, SIG_IGN);
#endif
    return GH_OK;
}

#endif
