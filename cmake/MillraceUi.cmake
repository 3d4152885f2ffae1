# The page: built by Node and packed into the server. Without Node 20.19 or later, or with -DMILLRACE_UI=OFF, the
# server has a short page instead that says so.

set(MILLRACE_UI AUTO CACHE STRING "Build the web page: ON, OFF, or AUTO for when Node 20.19 or later is there")

set(MILLRACE_HAS_UI FALSE)
if(NOT MILLRACE_UI STREQUAL "OFF")
  find_program(MILLRACE_NODE node)
  if(MILLRACE_NODE)
    execute_process(COMMAND ${MILLRACE_NODE} --version OUTPUT_VARIABLE node_version OUTPUT_STRIP_TRAILING_WHITESPACE)
    string(REGEX REPLACE "^v" "" node_version "${node_version}")
    if(node_version VERSION_GREATER_EQUAL 20.19)
      set(MILLRACE_HAS_UI TRUE)
    endif()
  endif()
  if(MILLRACE_UI STREQUAL "ON" AND NOT MILLRACE_HAS_UI)
    message(FATAL_ERROR "The web page needs Node 20.19 or later (found: ${node_version}); -DMILLRACE_UI=OFF leaves it out.")
  endif()
endif()

set(MILLRACE_UI_DIR ${CMAKE_BINARY_DIR}/ui)
if(MILLRACE_HAS_UI)
  file(GLOB_RECURSE ui_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/ui/src/* ${CMAKE_SOURCE_DIR}/ui/scripts/*)
  list(FILTER ui_sources EXCLUDE REGEX "\\.(gen|test)\\.ts$")
  add_custom_command(
    OUTPUT ${MILLRACE_UI_DIR}/ui.pack ${MILLRACE_UI_DIR}/ui_assets.gen.inc
    COMMAND ${MILLRACE_NODE} ${CMAKE_SOURCE_DIR}/ui/scripts/build.mjs ${MILLRACE_OPENAPI_JSON} ${MILLRACE_UI_DIR}
            ${CMAKE_SOURCE_DIR}/build/ui
    DEPENDS ${ui_sources} ${CMAKE_SOURCE_DIR}/ui/package-lock.json ${CMAKE_SOURCE_DIR}/ui/package.json
            ${CMAKE_SOURCE_DIR}/ui/index.html ${CMAKE_SOURCE_DIR}/ui/vite.config.ts millrace_contract_tables
            ${MILLRACE_OPENAPI_JSON}
    COMMENT "Building the web page"
    VERBATIM)
else()
  message(STATUS "The web page is left out: it needs Node 20.19 or later")
endif()
add_custom_target(millrace_ui DEPENDS $<$<BOOL:${MILLRACE_HAS_UI}>:${MILLRACE_UI_DIR}/ui.pack>)
