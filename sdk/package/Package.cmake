# The SDK as a package: headers, static libraries, CMake configuration, pkg-config files. Everything in it finds the rest
# from where it lies itself, so that the prefix may be moved.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_directory ${CMAKE_INSTALL_LIBDIR}/cmake/GatehouseSDK)
set(pkgconfig_directory ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# One export per part: who asks for Gatehouse::abi alone needs no Boost.
foreach(part IN ITEMS abi service storage events testing)
  set(target gatehouse_${part})
  if(TARGET gatehouse_sdk_${part})
    set(target gatehouse_sdk_${part})
  elseif(NOT TARGET ${target})
    continue()
  endif()
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${part})
  install(TARGETS ${target} EXPORT GatehouseSDK-${part} COMPONENT sdk
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT sdk)
  install(EXPORT GatehouseSDK-${part} NAMESPACE Gatehouse:: DESTINATION ${package_directory} COMPONENT sdk
    FILE GatehouseSDK-${part}.cmake)
endforeach()

configure_package_config_file(package/GatehouseSDKConfig.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/GatehouseSDKConfig.cmake
  INSTALL_DESTINATION ${package_directory} NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/GatehouseSDKConfigVersion.cmake
  VERSION ${GATEHOUSE_SDK_VERSION} COMPATIBILITY SameMajorVersion)
install(FILES
  ${CMAKE_CURRENT_BINARY_DIR}/GatehouseSDKConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/GatehouseSDKConfigVersion.cmake
  cmake/GatehousePlugin.cmake cmake/GatehouseMigrations.cmake cmake/plugin.map
  DESTINATION ${package_directory} COMPONENT sdk)
install(DIRECTORY include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT sdk)

# Debian's libboost_json is found without a path; the name is all that a .pc file needs.
file(RELATIVE_PATH PREFIX_FROM_PKGCONFIG /prefix/${pkgconfig_directory} /prefix)
string(REGEX REPLACE "/$" "" PREFIX_FROM_PKGCONFIG ${PREFIX_FROM_PKGCONFIG})
foreach(part IN ITEMS abi service storage events testing)
  if(NOT TARGET Gatehouse::${part})
    continue()
  endif()
  configure_file(package/gatehouse-${part}.pc.in ${CMAKE_CURRENT_BINARY_DIR}/gatehouse-${part}.pc @ONLY)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/gatehouse-${part}.pc DESTINATION ${pkgconfig_directory} COMPONENT sdk)
endforeach()

install(FILES README.md DESTINATION ${CMAKE_INSTALL_DOCDIR}/sdk COMPONENT sdk)
install(FILES storage/README.md DESTINATION ${CMAKE_INSTALL_DOCDIR}/sdk/storage COMPONENT sdk)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT sdk)
install(DIRECTORY docs examples DESTINATION ${CMAKE_INSTALL_DOCDIR}/sdk COMPONENT sdk)
