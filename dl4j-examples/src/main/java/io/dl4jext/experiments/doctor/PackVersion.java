package io.dl4jext.experiments.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/** The version and the commit of this program. */
public final class PackVersion {

    /** System property that names the commit where it cannot be found out, as in a packaged program. */
    public static final String COMMIT_PROPERTY = "io.dl4jext.commit";

    private PackVersion() {}

    /** Such as {@code 0.1.0 (commit 0123abc)}; "development" for a build that is not packaged. */
    public static String text() {
        return version() + " (commit " + commit() + ")";
    }

    private static String version() {
        String properties = "/META-INF/maven/io.dl4jext/dl4j-examples/pom.properties";
        try (InputStream in = PackVersion.class.getResourceAsStream(properties)) {
            Properties values = new Properties();
            if (in != null) {
                values.load(in);
            }
            return values.getProperty("version", "development");
        } catch (IOException e) {
            return "development";
        }
    }

    /** The commit, with {@code +} when the work tree differs from it, or "unknown". */
    static String commit() {
        String given = System.getProperty(COMMIT_PROPERTY);
        if (given != null) {
            return given;
        }
        Path classes = classFolder();
        if (classes == null) {
            return "unknown";
        }
        String commit = git(classes, "rev-parse", "--short", "HEAD");
        if (commit == null || commit.isEmpty()) {
            return "unknown";
        }
        String changes = git(classes, "status", "--porcelain", "--untracked-files=no");
        return changes == null || changes.isEmpty() ? commit : commit + "+";
    }

    /** The folder that this class was loaded from; null for a jar, whose surroundings say nothing. */
    private static Path classFolder() {
        try {
            Path source = Path.of(PackVersion.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return Files.isDirectory(source) ? source : null;
        } catch (URISyntaxException | RuntimeException e) {
            return null;
        }
    }

    private static String git(Path folder, String... arguments) {
        String[] command = new String[arguments.length + 3];
        command[0] = "git";
        command[1] = "-C";
        command[2] = folder.toString();
        System.arraycopy(arguments, 0, command, 3, arguments.length);
        try {
            Process git = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String output = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
            return git.waitFor(10, TimeUnit.SECONDS) && git.exitValue() == 0 ? output : null;
        } catch (IOException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
