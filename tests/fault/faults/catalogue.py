"""What can go wrong, numbered, and the tests beside the rows of the table that hold it.

A test is `folder/file.py`, for all that it contains, or `folder/file.py::test`."""

from dataclasses import dataclass

from . import TABLE


@dataclass(frozen=True)
class Subject:
    what: str
    tests: tuple = ()

    def rows(self, number):
        return [name for name, fault in TABLE.items() if fault.id == number]


def subject(what, *tests):
    return Subject(what, tests)


SUBJECTS = {
    "F1": subject("a name does not resolve"),
    "F2": subject("a look-up hangs", "fault/test_names.py",
                  "e2e/test_shutdown.py::test_the_deadline_ends_the_run_in_time_though_names_hang",
                  "e2e/test_race.py::test_a_loser_whose_name_hangs_does_not_delay_the_end"),
    "F3": subject("some addresses of a host do not work", "e2e/test_addresses.py"),
    "F4": subject("a name has a private address (`--deny-private`)", "e2e/test_guard.py"),
    "F5": subject("a connection is refused, or reset before the response", "e2e/test_admission.py"),
    "F6": subject("an address does not answer", "e2e/test_admission.py", "e2e/test_addresses.py"),
    "F7": subject("a TLS handshake breaks off"),
    "F8": subject("TLS is not to be trusted", "e2e/test_transport.py", "e2e/test_check.py"),
    "F9": subject("a server is silent", "e2e/test_limits.py"),
    "F10": subject("a server is slow, or never ends", "e2e/test_limits.py"),
    "F11": subject("headers without end"),
    "F12": subject("a response is malformed", "e2e/test_against_curl.py"),
    "F13": subject("a body is shorter than announced", "e2e/test_http2.py"),
    "F14": subject("a response is longer than announced", "e2e/test_connections.py"),
    "F15": subject("chunks are malformed, or end early", "e2e/test_against_curl.py"),
    "F16": subject("a connection ends within a body", "e2e/test_http2.py", "e2e/test_connections.py"),
    "F17": subject("an HTTP/2 server is hostile", "e2e/test_http2.py", "e2e/test_floods.py"),
    "F18": subject("a body is too large, or its coding is damaged", "e2e/test_limits.py", "e2e/test_memory.py"),
    "F19": subject("a line never ends", "e2e/test_limits.py"),
    "F20": subject("bytes that are not text", "e2e/test_streaming.py"),
    "F21": subject("a body is not the JSON that is asked for", "e2e/test_forms.py"),
    "F22": subject("a redirect leads nowhere, or where it must not", "e2e/test_transport.py",
                   "e2e/test_requests.py::test_credentials_of_one_origin_are_not_sent_to_another"),
    "F23": subject("an input is not a request", "e2e/test_records.py", "e2e/test_requests.py", "e2e/test_hosts.py"),
    "F24": subject("every kind of stdin", "e2e/test_output.py", "e2e/test_streaming.py",
                   "e2e/test_shutdown.py::test_a_fifo_is_read_once_it_has_a_writer"),
    "F25": subject("every kind of stdout", "e2e/test_output.py", "e2e/test_memory.py"),
    "F26": subject("too few descriptors", "e2e/test_descriptors.py", "e2e/test_endurance.py",
                   "e2e/test_race.py::test_many_sources_race_with_few_descriptors"),
    "F27": subject("a command cannot be run, fails, or does not end", "e2e/test_batch.py", "e2e/test_fetch_batches.py"),
    "F28": subject("a command floods stderr", "fault/test_processes.py::test_a_command_that_floods_stderr_costs_no_memory"),
    "F29": subject("many commands, one after another",
                   "fault/test_processes.py::test_many_commands_leave_no_descriptor_and_no_process"),
    "F30": subject("signals", "e2e/test_shutdown.py",
                   "e2e/test_limits.py::test_a_stopped_and_continued_process_does_not_report_idle"),
    "F31": subject("the program is killed", "e2e/test_journal.py::test_nothing_is_lost_when_a_run_is_killed",
                   "e2e/test_journal.py::test_a_killed_batch_run_loses_no_line"),
    "F32": subject("a journal or another file is torn, full or held", "e2e/test_journal.py",
                   "e2e/test_private_files.py", "e2e/test_check_states.py", "e2e/test_files.py"),
    "F33": subject("the clock jumps", "fault/test_processes.py::test_a_clock_that_jumps_changes_no_limit",
                   "fault/test_processes.py::test_a_clock_that_jumps_does_not_delay_a_limit"),
    "F34": subject("many inputs in one run", "e2e/test_memory.py::test_many_inputs_cost_no_more_memory_than_few",
                   "e2e/test_bulk.py", "fault/test_at_once.py::test_faults_leave_nothing_behind"),
    "F35": subject("control characters from a server", "e2e/test_terminal.py",
                   "e2e/test_check_formats.py::test_text_from_a_server_is_escaped"),
    "F36": subject("file names from URLs and headers", "e2e/test_files.py"),
    "F37": subject("secrets", "e2e/test_secrets.py", "e2e/test_private_files.py"),
    "F38": subject("a header of an input is not one, or changes the framing", "e2e/test_requests.py"),
    "F39": subject("files of other tools", "fault/test_processes.py::test_files_of_curl_are_not_read"),
    "F40": subject("a proxy fails", "e2e/test_proxies.py"),
    "F41": subject("a private address is asked for on a detour (`--deny-private`)", "e2e/test_guard.py",
                   "fault/test_names.py::test_a_name_that_turns_private_is_not_connected_to"),
    "F42": subject("statuses, and Retry-After", "e2e/test_retries.py"),
    "F43": subject("memory runs out", "e2e/test_allocations.py"),
    "F45": subject("races that end badly, or all at once", "e2e/test_race.py", "fault/test_races.py"),
    "F46": subject("one of several services hangs", "e2e/test_race.py::test_all_with_an_unresponsive_one_is_a_success"),
}
