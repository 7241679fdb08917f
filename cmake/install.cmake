# Rules of `make install`: the program with its manual, librunnel with its headers, and the files with
# which CMake and pkg-config find them. The installed tree may be moved to another prefix.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# The layers that programs embed, in one archive.
set(library_layers base async io http json pipeline service client)
add_library(librunnel STATIC)
foreach(layer IN LISTS library_layers)
    target_sources(librunnel PRIVATE $<TARGET_OBJECTS:runnel_${layer}>)
endforeach()
set_target_properties(librunnel PROPERTIES OUTPUT_NAME runnel EXPORT_NAME runnel
                      LINKER_LANGUAGE CXX)
target_compile_features(librunnel PUBLIC cxx_std_20)
target_link_libraries(librunnel PUBLIC fmt::fmt PkgConfig::libuv
                      PRIVATE PkgConfig::libcurl PkgConfig::brotli PkgConfig::zstd PkgConfig::re2
                              ZLIB::ZLIB OpenSSL::SSL simdjson::simdjson)
target_include_directories(librunnel INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)

install(TARGETS runnel)
install(DIRECTORY docs/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(TARGETS librunnel EXPORT runnel-targets)

# Includes in src/ are relative to src/. Installed headers are below runnel/, so that names such as
# async/task.hpp do not collide with those of other projects.
install(CODE "
    set(source \"${PROJECT_SOURCE_DIR}/src\")
    set(target \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_INCLUDEDIR}/runnel\")
    set(layers ${library_layers})
    include(\"${PROJECT_SOURCE_DIR}/cmake/install_headers.cmake\")")

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/runnel)
install(EXPORT runnel-targets NAMESPACE runnel:: DESTINATION ${package_dir})
configure_package_config_file(cmake/runnel-config.cmake.in runnel-config.cmake
                              INSTALL_DESTINATION ${package_dir}
                              NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file(runnel-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/runnel-config.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/runnel-config-version.cmake
        DESTINATION ${package_dir})

file(RELATIVE_PATH prefix_from_pc /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
configure_file(cmake/runnel.pc.in runnel.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/runnel.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
