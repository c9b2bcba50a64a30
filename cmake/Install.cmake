# `cmake --install build/release --prefix DIR`: the program, its plugins, the default configuration and the SDK's headers.
include(GNUInstallDirs)

install(TARGETS gatehouse RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
foreach(plugin auth users posts)
  install(TARGETS plugin_${plugin} LIBRARY DESTINATION lib/gatehouse/plugins)  # where the program looks: ../lib from bin
endforeach()
install(FILES routes.yaml DESTINATION ${CMAKE_INSTALL_DATADIR}/gatehouse)
install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY sdk/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES sdk/cmake/GatehousePlugin.cmake sdk/cmake/GatehouseMigrations.cmake sdk/cmake/plugin.map
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/GatehouseSDK)
