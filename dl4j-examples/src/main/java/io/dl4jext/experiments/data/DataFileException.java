package io.dl4jext.experiments.data;

import java.io.IOException;

/**
 * A data file is missing or is not what it should be; the message is one line: the file, what was expected, what was
 * found.
 */
public final class DataFileException extends IOException {

    private static final long serialVersionUID = 1L;

    DataFileException(Object file, String problem) {
        super((file + ": " + problem).replaceAll("\\s*\\R\\s*", " "));
    }
}
