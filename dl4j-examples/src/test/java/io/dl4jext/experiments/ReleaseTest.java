package io.dl4jext.experiments;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import java.util.jar.JarFile;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The build compares the libraries with the release that the changelog names last, not with one before it. */
class ReleaseTest {

    @ParameterizedTest
    @ValueSource(strings = {"dl4j-fisher-listener", "dl4j-implicit-updater", "dl4j-stochastic-batch"})
    void theApiIsComparedWithThatOfTheLastRelease(String module) throws IOException {
        Optional<String> lastRelease = Pattern.compile("(?m)^## \\[(\\d\\S*)\\] - \\d{4}-\\d\\d-\\d\\d$")
                .matcher(Files.readString(Path.of("../CHANGELOG.md")))
                .results()
                .map((MatchResult heading) -> heading.group(1))
                .findFirst();
        String compared = versionOf(Path.of("../.ci/api", module + ".jar"), module);
        if (lastRelease.isPresent()) {
            assertThat(compared).isEqualTo(lastRelease.get());
        } else {
            assertThat(compared).as("the API before the first release").endsWith("-SNAPSHOT");
        }
    }

    private static String versionOf(Path jar, String module) throws IOException {
        Properties properties = new Properties();
        try (JarFile file = new JarFile(jar.toFile());
                InputStream stream =
                        file.getInputStream(file.getEntry("META-INF/maven/io.dl4jext/" + module + "/pom.properties"))) {
            properties.load(stream);
        }
        return properties.getProperty("version");
    }
}
