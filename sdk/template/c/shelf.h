/* Texts by key, in memory. Thread-safe: the gateway has several event loops, and each may run a handler. */
#ifndef GATEHOUSE_SAMPLE_SHELF_H
#define GATEHOUSE_SAMPLE_SHELF_H

#include <stddef.h>

enum { SHELF_TEXTS_MAX = 1000 };

typedef struct shelf shelf;
typedef enum { SHELF_ADDED, SHELF_REPLACED, SHELF_FULL } shelf_outcome;

shelf* shelf_create(void); /* NULL: out of memory */
void shelf_destroy(shelf* self);

shelf_outcome shelf_put(shelf* self, const char* key, size_t key_size, const char* text, size_t text_size);
/* The caller frees what it gets; NULL: no such key. */
char* shelf_get(shelf* self, const char* key, size_t key_size, size_t* text_size);
int shelf_remove(shelf* self, const char* key, size_t key_size); /* 1: it was there */
/* A JSON array of the keys, to be freed; NULL: out of memory. Keys need no escape: see shelf_is_key(). */
char* shelf_keys_json(shelf* self, size_t* json_size);

/* 1 to 64 of a-z, 0-9, '-' and '_'. */
int shelf_is_key(const char* key, size_t key_size);

#endif
