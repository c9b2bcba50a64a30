# gatehouse_test(NAME SOURCES a_test.cpp ... [LIBRARIES lib ...] [LABELS label ...])
#
# One GoogleTest program; each of its tests is a ctest test, found when ctest runs.
include(GoogleTest)

function(gatehouse_test NAME)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBRARIES;LABELS" ${ARGN})
  find_package(GTest REQUIRED)
  add_executable(${NAME} ${ARG_SOURCES})
  target_link_libraries(${NAME} PRIVATE ${ARG_LIBRARIES} GTest::gmock GTest::gtest_main gatehouse_options)
  gtest_discover_tests(${NAME} DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT 120 LABELS "unit;${ARG_LABELS}")
endfunction()
