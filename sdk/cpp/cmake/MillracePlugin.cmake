# millrace_add_plugin(NAME SOURCES ... [LIBRARIES ...] [MANIFEST plugin.toml]): builds one source two ways, as the
# program NAME that Millrace starts as a child process, and as the shared library NAME.so that it loads. Both, and the
# manifest, are put into one folder below the build folder: plugins/NAME. What the sources need to compile is added to
# the target NAME; they are compiled once, for both.
function(millrace_add_plugin name)
  cmake_parse_arguments(ARG "" "MANIFEST" "SOURCES;LIBRARIES" ${ARGN})
  if(NOT ARG_SOURCES)
    message(FATAL_ERROR "millrace_add_plugin(${name}): SOURCES names no file.")
  endif()
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "millrace_add_plugin(${name}): '${ARG_UNPARSED_ARGUMENTS}' belongs to no keyword; "
                        "there are SOURCES, LIBRARIES and MANIFEST.")
  endif()
  if(NOT ARG_MANIFEST)
    set(ARG_MANIFEST plugin.toml)
  endif()
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/plugins/${name})

  add_executable(${name} ${ARG_SOURCES})
  target_compile_options(${name} PRIVATE -fPIC)
  target_link_libraries(${name} PRIVATE millrace::sdk_child ${ARG_LIBRARIES})
  add_library(${name}_module MODULE $<TARGET_OBJECTS:${name}>)
  target_link_libraries(${name}_module PRIVATE millrace::sdk_module ${ARG_LIBRARIES})
  # All symbols but the entry stay inside: the host has functions of the same names.
  set(exports ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/plugin.map)
  target_link_options(${name}_module PRIVATE -Wl,--version-script=${exports})
  set_target_properties(${name}_module PROPERTIES PREFIX "" OUTPUT_NAME ${name} LIBRARY_OUTPUT_DIRECTORY ${folder}
    LINKER_LANGUAGE CXX LINK_DEPENDS ${exports})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${folder}
    CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  configure_file(${ARG_MANIFEST} ${folder}/plugin.toml COPYONLY)
endfunction()
