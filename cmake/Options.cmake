# One interface target carries language level, warnings and hardening; every target links it.
option(GATEHOUSE_TESTS "Build the tests" ON)
option(GATEHOUSE_SANITIZED_SOAK "Soak build/dev and build/tsan as well, which ./dev test builds" OFF)
option(GATEHOUSE_FUZZ "Build the libFuzzer targets (clang only)" OFF)
option(GATEHOUSE_WERROR "Treat warnings as errors" OFF)
set(GATEHOUSE_SANITIZE "" CACHE STRING "Sanitizers, e.g. address,undefined or thread")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_C_FLAGS_RELEASE "-O2 -DNDEBUG")

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()

add_library(gatehouse_options INTERFACE)
target_include_directories(gatehouse_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(gatehouse_options INTERFACE
  -g1 -Wall -Wextra -Wpedantic -Wshadow -Wformat=2 -Wimplicit-fallthrough
  $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor -Woverloaded-virtual -Wconversion -Wno-sign-conversion>
  -fstack-protector-strong -ffile-prefix-map=${PROJECT_SOURCE_DIR}/=)
target_compile_definitions(gatehouse_options INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED BOOST_ERROR_CODE_HEADER_ONLY
  BOOST_DLL_USE_STD_FS)
target_link_options(gatehouse_options INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed)
if(GATEHOUSE_WERROR)
  target_compile_options(gatehouse_options INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports these inside the standard library's and Boost's own inlined code.
  target_compile_options(gatehouse_options INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-fcoroutines -Wno-restrict -Wno-stringop-overflow -Wno-array-bounds -Wno-maybe-uninitialized -Wno-mismatched-new-delete>)
endif()
if(GATEHOUSE_SANITIZE)
  target_compile_options(gatehouse_options INTERFACE
    -fsanitize=${GATEHOUSE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(gatehouse_options INTERFACE -fsanitize=${GATEHOUSE_SANITIZE})
  if(GATEHOUSE_SANITIZE MATCHES "thread")
    target_compile_options(gatehouse_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-tsan>)
  endif()
else()
  target_compile_options(gatehouse_options INTERFACE $<$<CONFIG:Release>:-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2>)
  target_compile_definitions(gatehouse_options INTERFACE $<$<CONFIG:Release>:_GLIBCXX_ASSERTIONS>)
endif()
