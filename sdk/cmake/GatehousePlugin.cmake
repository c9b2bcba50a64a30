# add_gatehouse_plugin(NAME
#     [SOURCES file ...]     compiled into the plugin only: usually the one with GATEHOUSE_PLUGIN()
#     [CORE file ...]        compiled once into the static library NAME_core, linked by the plugin and by its unit tests
#     [LIBRARIES lib ...]    for both, e.g. Gatehouse::service Gatehouse::storage
#     [DIRECTORY dir]        where NAME.so goes; default ${GATEHOUSE_PLUGIN_DIRECTORY}
#     [PORTABLE])            static libstdc++ and libgcc, to run beside another toolchain's; not together with shared C++
#                            libraries
#
# Builds NAME.so (target plugin_NAME), a plugin that exports one symbol and nothing else. The linker version script is not
# optional: hidden visibility alone still exports STB_GNU_UNIQUE symbols, which pin the file in memory and bind the next
# generation to the first one's statics. No SONAME: two files with one SONAME may resolve to the first.
set(GATEHOUSE_PLUGIN_VERSION_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/plugin.map)  # for those who link by hand
set(GATEHOUSE_PLUGIN_DIRECTORY ${CMAKE_BINARY_DIR}/plugins CACHE PATH "Where built plugins go")

function(add_gatehouse_plugin NAME)
  set(version_script ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/plugin.map)
  cmake_parse_arguments(ARG "PORTABLE" "DIRECTORY" "SOURCES;CORE;LIBRARIES" ${ARGN})
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "add_gatehouse_plugin(${NAME}): unknown arguments ${ARG_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT ARG_DIRECTORY)
    set(ARG_DIRECTORY ${GATEHOUSE_PLUGIN_DIRECTORY})
  endif()
  if(NOT ARG_SOURCES)  # all of it is in CORE; a library cannot be without a source
    get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
    set(ARG_SOURCES ${CMAKE_CURRENT_BINARY_DIR}/${NAME}_plugin.c)
    if(NOT C IN_LIST languages)
      set(ARG_SOURCES ${CMAKE_CURRENT_BINARY_DIR}/${NAME}_plugin.cpp)
    endif()
    file(CONFIGURE OUTPUT ${ARG_SOURCES} CONTENT "typedef int gatehouse_plugin_is_in_core;\n")
  endif()

  add_library(plugin_${NAME} MODULE ${ARG_SOURCES})
  gatehouse_plugin_compile_options(plugin_${NAME})
  set_target_properties(plugin_${NAME} PROPERTIES
    PREFIX "" OUTPUT_NAME ${NAME} NO_SONAME ON
    LIBRARY_OUTPUT_DIRECTORY ${ARG_DIRECTORY}
    LINK_DEPENDS ${version_script})
  target_link_options(plugin_${NAME} PRIVATE
    -Wl,--version-script=${version_script} -Wl,-z,now -Wl,-z,relro -Wl,-z,noexecstack -Wl,--build-id
    -Wl,-u,gh_plugin_entry_v1)  # the entry may come out of NAME_core
  if(NOT GATEHOUSE_SANITIZE)
    target_link_options(plugin_${NAME} PRIVATE -Wl,-z,defs)  # a sanitizer's runtime lives in the host program
  endif()
  if(ARG_PORTABLE)
    target_link_options(plugin_${NAME} PRIVATE -static-libstdc++ -static-libgcc)
  endif()
  target_link_libraries(plugin_${NAME} PRIVATE Gatehouse::abi $<TARGET_NAME_IF_EXISTS:gatehouse_options>)

  if(ARG_CORE)
    add_library(${NAME}_core STATIC ${ARG_CORE})
    gatehouse_plugin_compile_options(${NAME}_core)
    target_link_libraries(${NAME}_core PUBLIC Gatehouse::abi ${ARG_LIBRARIES} PRIVATE $<TARGET_NAME_IF_EXISTS:gatehouse_options>)
    target_link_libraries(plugin_${NAME} PRIVATE ${NAME}_core)
  else()
    target_link_libraries(plugin_${NAME} PRIVATE ${ARG_LIBRARIES})
  endif()
endfunction()

function(gatehouse_plugin_compile_options TARGET)
  set_target_properties(${TARGET} PROPERTIES
    POSITION_INDEPENDENT_CODE ON CXX_EXTENSIONS OFF
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  target_compile_options(${TARGET} PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fno-gnu-unique>)
endfunction()
