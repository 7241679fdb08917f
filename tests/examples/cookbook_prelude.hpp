// What the pieces of docs/cookbook.md take for granted: a program around them.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <iostream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <runnel/client/session.hpp>
#include <runnel/io/tcp.hpp>

using namespace runnel;
using namespace std::chrono_literals;

Task<int> compute();
Task<int> answer_after(Duration span);
Task<void> save(Session& session, std::string text);
std::string digest_of_file(const std::string& path);
int read_sensor();
Task<void> talk_to(std::unique_ptr<TcpStream> client);
