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

# gatehouse_service_tests(NAME SUITE file... [SQLITE_ONLY file...]): one suite, two programs, of a plugin in the SDK's test host on SQLite
# and on PostgreSQL. The second is one entry of ctest, so that one server is started for all of it; without a server it fails.
function(gatehouse_service_tests NAME)
  cmake_parse_arguments(ARG "" "" "SUITE;SQLITE_ONLY" ${ARGN})
  find_package(GTest REQUIRED)
  add_library(${NAME}_suite OBJECT ${ARG_SUITE})
  target_link_libraries(${NAME}_suite PUBLIC ${NAME}_core gatehouse_sdk_testing GTest::gtest gatehouse_options)
  gatehouse_test(${NAME}_sqlite_test
    SOURCES $<TARGET_OBJECTS:${NAME}_suite> ${ARG_SQLITE_ONLY}
    LIBRARIES ${NAME}_suite
    LABELS sqlite)
  add_executable(${NAME}_postgresql_test $<TARGET_OBJECTS:${NAME}_suite>)
  target_link_libraries(${NAME}_postgresql_test PRIVATE ${NAME}_suite GTest::gtest_main)
  add_test(NAME ${NAME}_postgresql_test
    COMMAND ${PROJECT_SOURCE_DIR}/tests/tools/with_postgres $<TARGET_FILE:${NAME}_postgresql_test>)
  set_tests_properties(${NAME}_postgresql_test PROPERTIES TIMEOUT 300 LABELS "unit;postgresql"
    ENVIRONMENT "GATEHOUSE_TEST_ENGINE=postgresql")
endfunction()
