# millrace_add_plugin(NAME SOURCES ... [LIBRARIES ...] [MANIFEST plugin.toml]): builds one source two ways, as the
# program NAME that Millrace starts as a child process, and as the shared library NAME.so that it loads. Both, and the
# manifest, are put into one folder below the build folder: plugins/NAME.
function(millrace_add_plugin name)
  cmake_parse_arguments(ARG "" "MANIFEST" "SOURCES;LIBRARIES" ${ARGN})
  if(NOT ARG_MANIFEST)
    set(ARG_MANIFEST plugin.toml)
  endif()
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/plugins/${name})
  if(TARGET millrace::sdk_child)
    set(prefix millrace::)
  else()
    set(prefix millrace_)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${prefix}sdk_child ${ARG_LIBRARIES})
  add_library(${name}_module MODULE ${ARG_SOURCES})
  target_link_libraries(${name}_module PRIVATE ${prefix}sdk_module ${ARG_LIBRARIES})
  # All symbols but the entry stay inside: the host has functions of the same names.
  target_link_options(${name}_module PRIVATE
    -Wl,--version-script=${CMAKE_CURRENT_FUNCTION_LIST_DIR}/plugin.map)
  set_target_properties(${name}_module PROPERTIES PREFIX "" OUTPUT_NAME ${name} LIBRARY_OUTPUT_DIRECTORY ${folder}
    CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${folder}
    CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  configure_file(${ARG_MANIFEST} ${folder}/plugin.toml COPYONLY)
endfunction()
