# The package `millrace` for find_package(): installed by `cmake --install BUILD --component sdk --prefix PREFIX`, or used
# where it was built with -Dmillrace_DIR=BUILD/sdk/cpp. Nothing that is installed knows where it lies.

# Of what authors compile against, by the rules of docs/plugins/versioning.md; not the version of the server.
set(MILLRACE_SDK_VERSION 1.0.0)

include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(headers ${CMAKE_INSTALL_INCLUDEDIR}/millrace-sdk)
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/millrace)
set(protos ${CMAKE_INSTALL_DATADIR}/millrace/api)

install(TARGETS millrace_sdk millrace_sdk_child millrace_sdk_module EXPORT millraceTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT sdk)
install(EXPORT millraceTargets NAMESPACE millrace:: DESTINATION ${package} COMPONENT sdk)
install(DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/include/ DESTINATION ${headers} COMPONENT sdk)
list(TRANSFORM SDK_BASE_HEADERS PREPEND ${BASE}/ OUTPUT_VARIABLE base_headers)
install(FILES ${base_headers} DESTINATION ${headers}/base COMPONENT sdk)
install(DIRECTORY ${SDK_DIR}/ DESTINATION ${headers} COMPONENT sdk
  FILES_MATCHING PATTERN "*.pb.h" PATTERN "*.gen.h" PATTERN "*.proxy.gen.h" EXCLUDE)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/api/ DESTINATION ${protos} COMPONENT sdk FILES_MATCHING PATTERN "*.proto")

set(template ${CMAKE_CURRENT_LIST_DIR}/millraceConfig.cmake.in)
set(version_file ${CMAKE_CURRENT_BINARY_DIR}/millraceConfigVersion.cmake)
write_basic_package_version_file(${version_file} VERSION ${MILLRACE_SDK_VERSION} COMPATIBILITY SameMajorVersion)

set(MILLRACE_PROTO_DIR ${protos})
configure_package_config_file(${template} ${CMAKE_CURRENT_BINARY_DIR}/installed/millraceConfig.cmake
  INSTALL_DESTINATION ${package} PATH_VARS MILLRACE_PROTO_DIR NO_CHECK_REQUIRED_COMPONENTS_MACRO)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/installed/millraceConfig.cmake ${version_file}
  ${CMAKE_CURRENT_LIST_DIR}/MillracePlugin.cmake ${CMAKE_CURRENT_LIST_DIR}/plugin.map
  DESTINATION ${package} COMPONENT sdk)

# The same beside the archives of the build folder.
set(MILLRACE_PROTO_DIR ${CMAKE_SOURCE_DIR}/api)
configure_package_config_file(${template} ${CMAKE_CURRENT_BINARY_DIR}/millraceConfig.cmake
  INSTALL_DESTINATION ${CMAKE_CURRENT_BINARY_DIR} INSTALL_PREFIX ${CMAKE_CURRENT_BINARY_DIR}
  PATH_VARS MILLRACE_PROTO_DIR NO_CHECK_REQUIRED_COMPONENTS_MACRO)
foreach(file MillracePlugin.cmake plugin.map)
  configure_file(${CMAKE_CURRENT_LIST_DIR}/${file} ${CMAKE_CURRENT_BINARY_DIR}/${file} COPYONLY)
endforeach()
export(EXPORT millraceTargets NAMESPACE millrace:: FILE ${CMAKE_CURRENT_BINARY_DIR}/millraceTargets.cmake)
