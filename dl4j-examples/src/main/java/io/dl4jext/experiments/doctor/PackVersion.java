package io.dl4jext.experiments.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The version and the commit of this program, as the build wrote them beside this class. */
public final class PackVersion {

    private PackVersion() {}

    /**
     * Such as {@code 0.1.0 (commit 0123abc)}; after the commit {@code -dirty} if the work tree differed from it,
     * "unknown" instead of it if the program was not built in a Git repository.
     */
    public static String text() {
        try (InputStream in = PackVersion.class.getResourceAsStream("version.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
