# `cmake --install build/release --prefix DIR [--component runtime|sdk]`: the program with its plugins and default
# configuration, and the SDK (sdk/package). Nothing that is installed knows where it was built.
include(GNUInstallDirs)

install(TARGETS gatehouse RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT runtime)
foreach(plugin auth users media posts subscriptions admin)
  # where the program looks: ../lib from bin
  install(TARGETS plugin_${plugin} LIBRARY DESTINATION lib/gatehouse/plugins COMPONENT runtime)
endforeach()
install(FILES routes.yaml DESTINATION ${CMAKE_INSTALL_DATADIR}/gatehouse COMPONENT runtime)
install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT runtime)

# The conformance kit.
if(TARGET gatehouse-abi-test)
  install(TARGETS gatehouse-abi-test RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT sdk)
endif()
