#include "shelf.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

typedef struct text {
    char key[65]; /* zero-ended */
    char* bytes;
    size_t size;
} text;

struct shelf {
    pthread_mutex_t mutex;
    text texts[SHELF_TEXTS_MAX];
    size_t count;
};

shelf* shelf_create(void) {
    shelf* self = (shelf*)calloc(1, sizeof(*self));
    if (self != NULL && pthread_mutex_init(&self->mutex, NULL) != 0) {
        free(self);
        return NULL;
    }
    return self;
}

void shelf_destroy(shelf* self) {
    size_t i;
    for (i = 0; i < self->count; ++i) free(self->texts[i].bytes);
    pthread_mutex_destroy(&self->mutex);
    free(self);
}

/* REQUIRES: the mutex is held. */
static text* find(shelf* self, const char* key, size_t key_size) {
    size_t i;
    for (i = 0; i < self->count; ++i) {
        if (strlen(self->texts[i].key) == key_size && memcmp(self->texts[i].key, key, key_size) == 0) {
            return &self->texts[i];
        }
    }
    return NULL;
}

static char* copy_of(const char* bytes, size_t size) {
    char* copy = (char*)malloc(size + 1);
    if (copy != NULL && size > 0) memcpy(copy, bytes, size);
    return copy;
}

shelf_outcome shelf_put(shelf* self, const char* key, size_t key_size, const char* bytes, size_t size) {
    shelf_outcome outcome = SHELF_REPLACED;
    char* copy = copy_of(bytes, size);
    text* place;
    if (copy == NULL) return SHELF_FULL;
    pthread_mutex_lock(&self->mutex);
    place = find(self, key, key_size);
    if (place == NULL && self->count < SHELF_TEXTS_MAX && key_size < sizeof(place->key)) {
        outcome = SHELF_ADDED;
        place = &self->texts[self->count++];
        memset(place, 0, sizeof(*place));
        memcpy(place->key, key, key_size);
    }
    if (place == NULL) {
        outcome = SHELF_FULL;
        free(copy);
    } else {
        free(place->bytes);
        place->bytes = copy;
        place->size = size;
    }
    pthread_mutex_unlock(&self->mutex);
    return outcome;
}

char* shelf_get(shelf* self, const char* key, size_t key_size, size_t* size) {
    char* copy = NULL;
    const text* found;
    pthread_mutex_lock(&self->mutex);
    found = find(self, key, key_size);
    if (found != NULL) {
        copy = copy_of(found->bytes, found->size);
        *size = found->size;
    }
    pthread_mutex_unlock(&self->mutex);
    return copy;
}

int shelf_remove(shelf* self, const char* key, size_t key_size) {
    text* found;
    pthread_mutex_lock(&self->mutex);
    found = find(self, key, key_size);
    if (found != NULL) {
        free(found->bytes);
        *found = self->texts[--self->count];
    }
    pthread_mutex_unlock(&self->mutex);
    return found != NULL;
}

char* shelf_keys_json(shelf* self, size_t* size) {
    char* json;
    char* at;
    size_t i;
    pthread_mutex_lock(&self->mutex);
    json = at = (char*)malloc(self->count * (sizeof(self->texts[0].key) + 2) + 2);
    if (json != NULL) {
        *at++ = '[';
        for (i = 0; i < self->count; ++i) {
            const size_t key_size = strlen(self->texts[i].key);
            if (i > 0) *at++ = ',';
            *at++ = '"';
            memcpy(at, self->texts[i].key, key_size);
            at += key_size;
            *at++ = '"';
        }
        *at++ = ']';
        *size = (size_t)(at - json);
    }
    pthread_mutex_unlock(&self->mutex);
    return json;
}

int shelf_is_key(const char* key, size_t key_size) {
    size_t i;
    if (key_size == 0 || key_size >= sizeof(((text*)0)->key)) return 0;
    for (i = 0; i < key_size; ++i) {
        const char c = key[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_')) return 0;
    }
    return 1;
}
