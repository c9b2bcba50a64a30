/* A library that only the linker sees. */
void gatehouse_zoo_absent(void);
void gatehouse_zoo_absent(void) {}
