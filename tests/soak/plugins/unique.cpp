// The C++ plugin with a unique symbol besides, linked so that it shows.
inline int& gatehouse_soak_count() {
    static int count = 0;
    return count;
}
__attribute__((visibility("default"))) int gatehouse_soak_uses_it() { return ++gatehouse_soak_count(); }

#include "tiny.cpp"
