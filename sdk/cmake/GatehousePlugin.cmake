# add_gatehouse_plugin(NAME SOURCES file ... [LIBRARIES lib ...])
#
# Builds NAME.so, a plugin that exports one symbol and nothing else. The linker version script is not optional: hidden
# visibility alone still exports STB_GNU_UNIQUE symbols, which pin the file in memory and bind the next generation to the
# first one's statics.
set(GATEHOUSE_PLUGIN_VERSION_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/plugin.map)
set(GATEHOUSE_PLUGIN_DIRECTORY ${CMAKE_BINARY_DIR}/plugins CACHE PATH "Where built plugins go")

function(add_gatehouse_plugin NAME)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBRARIES" ${ARGN})
  add_library(plugin_${NAME} MODULE ${ARG_SOURCES})
  set_target_properties(plugin_${NAME} PROPERTIES
    PREFIX "" OUTPUT_NAME ${NAME} NO_SONAME ON
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    LIBRARY_OUTPUT_DIRECTORY ${GATEHOUSE_PLUGIN_DIRECTORY}
    LINK_DEPENDS ${GATEHOUSE_PLUGIN_VERSION_SCRIPT})
  target_compile_options(plugin_${NAME} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fno-gnu-unique>)
  target_link_options(plugin_${NAME} PRIVATE
    -Wl,--version-script=${GATEHOUSE_PLUGIN_VERSION_SCRIPT} -Wl,-z,now -Wl,--build-id)
  if(NOT GATEHOUSE_SANITIZE)
    target_link_options(plugin_${NAME} PRIVATE -Wl,-z,defs)  # a sanitizer's runtime lives in the host program
  endif()
  target_link_libraries(plugin_${NAME} PRIVATE ${ARG_LIBRARIES})
endfunction()
