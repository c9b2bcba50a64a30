/* The streamed route of broken.c: reads a piece, writes it, and waits whenever one of the two says so. BREAK_BYTES_LEAK
 * never releases what was read, BREAK_BYTES_TWICE does it once too often. */
#ifndef GATEHOUSE_ZOO_ECHO_H
#define GATEHOUSE_ZOO_ECHO_H

#include <gatehouse/abi.h>

#include <stdlib.h>

typedef struct echo {
    const gh_http* http;
    gh_request* request;
} echo;

static void run(echo* e);

static void give_up(echo* e) {
    e->http->abort(e->request, NULL);
    free(e);
}

static void on_written(void* context, gh_status status, const gh_error* error) {
    (void)error;
    if (status < 0) {
        give_up(context);
    } else {
        run(context);
    }
}

static int take(echo* e, gh_status status, gh_bytes chunk) {
    if (status == GH_END) {
        if (e->http->finish(e->request, NULL, 0) != GH_OK) {
            give_up(e);
        } else {
            free(e);
        }
        return 0;
    }
    if (status == GH_OK) {
#ifdef BREAK_BYTES_LEAK
        chunk.release = NULL;
#endif
#ifdef BREAK_BYTES_TWICE
        chunk.release(chunk.owner);
#endif
        status = e->http->write(e->request, chunk, on_written, e);
    }
    if (status < 0) give_up(e);
    return status == GH_OK;
}

static void on_chunk(void* context, gh_status status, gh_bytes chunk, const gh_error* error) {
    (void)error;
    if (take(context, status, chunk)) run(context);
}

static void run(echo* e) {
    for (;;) {
        gh_bytes chunk = {NULL, 0, NULL, NULL};
        const gh_status status = e->http->read(e->request, &chunk, on_chunk, e);
        if (status == GH_PENDING || !take(e, status, chunk)) return;
    }
}

#endif
