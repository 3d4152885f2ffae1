# millrace_library(NAME SOURCES ... DEPENDS ...): one static library per folder of src/, seen by others as
# "folder/header.h". millrace_test(NAME SOURCES ... DEPENDS ...): one doctest program, known to ctest as NAME.

function(millrace_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;PRIVATE_DEPENDS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(${name} PUBLIC ${ARG_DEPENDS} PRIVATE ${ARG_PRIVATE_DEPENDS})
  target_compile_options(${name} PRIVATE ${MILLRACE_WARNINGS})
endfunction()

function(millrace_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_DEPENDS} millrace_test_main)
  target_compile_options(${name} PRIVATE ${MILLRACE_WARNINGS})
  add_test(NAME ${name} COMMAND ${name})
endfunction()
