#pragma once

namespace runnel {

/// The use that a run makes of the file that an option names.
enum class FileUse {
    Read,
    ReadAfterAt,  ///< Read, if the text begins with `@`. Another text is not the name of a file.
    Cookies,      ///< Read, unless the text has a `=`: then it is not the name of a file.
    Inputs,       ///< Read by `-i`.
    Left,         ///< Replaced at the end by the remaining lines of Inputs; may be the same file.
    Write,        ///< Replaced, appended to, or printed to.
    WriteOne,     ///< As Write, unless the text has placeholders, which name many files.
    Log,          ///< Written, but `-` is refused, because stdout carries data only.
    Hold,         ///< Read and written, or locked: neither a `-` nor an open descriptor.
};

}  // namespace runnel
