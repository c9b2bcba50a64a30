# gatehouse_embed_migrations(TARGET DIR directory NAMESPACE name)
#
# Embeds the SQL files of `directory` (relative to the current source directory) into TARGET:
#
#   0001_create_posts.sql                                        one text for both engines, or
#   0002_add_search.sqlite.sql  0002_add_search.postgresql.sql   one text for each
#
# and gives TARGET the header "migrations.hpp" with `std::span<const gatehouse::Migration> NAME::migrations()`. Numbers
# count 0001, 0002 … without gaps; a text that has been released must never change (the program refuses to start).
function(gatehouse_embed_migrations TARGET)
  cmake_parse_arguments(ARG "" "DIR;NAMESPACE" "" ${ARGN})
  if(NOT ARG_DIR OR NOT ARG_NAMESPACE)
    message(FATAL_ERROR "gatehouse_embed_migrations(TARGET DIR directory NAMESPACE name)")
  endif()
  get_filename_component(directory ${ARG_DIR} ABSOLUTE)
  file(GLOB files CONFIGURE_DEPENDS RELATIVE ${directory} ${directory}/*.sql)
  list(SORT files)
  if(NOT files)
    message(FATAL_ERROR "${directory}: no migrations")
  endif()

  set(keys "")
  foreach(file IN LISTS files)
    if(NOT file MATCHES "^([0-9][0-9][0-9][0-9])_([a-z0-9_]+)(\\.(sqlite|postgresql))?\\.sql$")
      message(FATAL_ERROR "${directory}/${file}: not NNNN_name.sql, NNNN_name.sqlite.sql or NNNN_name.postgresql.sql")
    endif()
    list(APPEND keys "${CMAKE_MATCH_1}_${CMAKE_MATCH_2}")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${directory}/${file})
  endforeach()
  list(REMOVE_DUPLICATES keys)

  set(entries "")
  set(expected 0)
  foreach(key IN LISTS keys)
    math(EXPR expected "${expected} + 1")
    string(REGEX MATCH "^[0-9]+" digits ${key})
    string(REGEX REPLACE "^0+" "" number ${digits})
    if(NOT number EQUAL expected)
      message(FATAL_ERROR "${directory}/${key}: expected number ${expected}; migrations count 0001, 0002 … without gaps")
    endif()
    string(REGEX REPLACE "^[0-9]+_" "" name ${key})
    string(APPEND entries "    {${number}, \"${name}\",\n")
    foreach(engine sqlite postgresql)
      set(file ${directory}/${key}.${engine}.sql)
      if(EXISTS ${directory}/${key}.sql)
        if(EXISTS ${file})
          message(FATAL_ERROR "${directory}/${key}.sql: is for both engines, but ${key}.${engine}.sql exists, too")
        endif()
        set(file ${directory}/${key}.sql)
      elseif(NOT EXISTS ${file})
        message(FATAL_ERROR "${file}: missing")
      endif()
      file(READ ${file} text)
      string(APPEND entries "     R\"gatehouse_sql(${text})gatehouse_sql\",\n")
    endforeach()
    string(APPEND entries "    },\n")
  endforeach()

  set(generated ${CMAKE_CURRENT_BINARY_DIR}/${TARGET}_migrations)
  file(CONFIGURE OUTPUT ${generated}/migrations.hpp @ONLY CONTENT [=[
// The schema changes that were embedded at build time.
#pragma once

#include <span>

#include "gatehouse/storage/migration.hpp"

namespace @ARG_NAMESPACE@ {

std::span<const gatehouse::Migration> migrations();

}  // namespace @ARG_NAMESPACE@
]=])
  set(source "#include \"migrations.hpp\"\n\nnamespace ${ARG_NAMESPACE} {\n\nnamespace {\n\n")
  string(APPEND source "constexpr gatehouse::Migration kMigrations[] = {\n${entries}};\n\n}  // namespace\n\n")
  string(APPEND source "std::span<const gatehouse::Migration> migrations() { return kMigrations; }\n\n")
  string(APPEND source "}  // namespace ${ARG_NAMESPACE}\n")
  set(previous "")
  if(EXISTS ${generated}/migrations.cpp)
    file(READ ${generated}/migrations.cpp previous)
  endif()
  if(NOT source STREQUAL previous)
    file(WRITE ${generated}/migrations.cpp "${source}")
  endif()
  target_sources(${TARGET} PRIVATE ${generated}/migrations.cpp)
  target_include_directories(${TARGET} PUBLIC $<BUILD_INTERFACE:${generated}>)
  target_link_libraries(${TARGET} PUBLIC Gatehouse::abi)
endfunction()
