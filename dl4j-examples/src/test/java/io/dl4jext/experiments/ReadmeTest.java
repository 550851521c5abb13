package io.dl4jext.experiments;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The Java snippets of README and docs are passages of programs that are compiled and run; their commands are parsed.
 */
class ReadmeTest {

    private static final Path PROJECT = Path.of("..");

    /** A passage of a program or of a test in its package, with the imports that it needs and no others. */
    @TestFactory
    Stream<DynamicTest> everyJavaSnippetIsAPassage() throws IOException {
        List<String> sources = new ArrayList<>();
        for (String folder : List.of("src/main/java", "src/test/java")) {
            try (Stream<Path> files = Files.list(Path.of(folder, "io/dl4jext/examples"))) {
                for (Path file : files.sorted().collect(Collectors.toList())) {
                    sources.add(Files.readString(file));
                }
            }
        }
        return blocks("java").stream().map(snippet -> {
            String passage = snippet.replaceAll("(?m)^import .*\n", "").strip();
            return DynamicTest.dynamicTest(passage.lines().findFirst().orElseThrow(), () -> {
                List<String> origins = sources.stream()
                        .filter(source -> squeezed(source).contains(squeezed(passage)))
                        .collect(Collectors.toList());
                assertThat(origins).as("programs with\n%s", passage).isNotEmpty();
                assertThat(imports(snippet))
                        .containsExactlyElementsOf(imports(origins.get(0)).stream()
                                .filter(name -> passage.matches("(?s).*\\b" + name.replaceFirst(".*\\.", "") + "\\b.*"))
                                .collect(Collectors.toList()));
            });
        });
    }

    private static List<String> imports(String code) {
        return Pattern.compile("(?m)^import ([\\w.]+);")
                .matcher(code)
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toList());
    }

    /** The build's profile "consumers" resolves and runs these projects. */
    @Test
    void theDependencySnippetsAreThoseOfTheProjectsThatAreRun() throws IOException {
        List<String> snippets = blocks("xml");
        List<String> projects = List.of("readme", "arbiter");
        assertThat(snippets).hasSameSizeAs(projects);
        for (int i = 0; i < snippets.size(); i++) {
            assertThat(squeezed(Files.readString(Path.of("src/it/" + projects.get(i) + "/pom.xml"))))
                    .contains(squeezed(snippets.get(i)));
        }
    }

    @Test
    void everyCommandParses() throws IOException {
        Matcher arguments = Pattern.compile("exec:exec -Dargs=(?:\"([^\"]*)\"|(\\S+?)(?=[`\\s]))")
                .matcher(allPages());
        List<String> commands = new ArrayList<>();
        while (arguments.find()) {
            commands.add(arguments.group(1) != null ? arguments.group(1) : arguments.group(2));
        }
        assertThat(commands).hasSizeGreaterThanOrEqualTo(3);
        assertThat(commands).allSatisfy(command -> Main.commandLine().parseArgs(command.split(" ")));
    }

    @Test
    void everyLinkedFileExists() throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path page : pages()) {
            Matcher links = Pattern.compile("\\]\\((?!https?:|#)([^)]+)\\)").matcher(Files.readString(page));
            while (links.find()) {
                String[] link = links.group(1).split("#", 2);
                Path file = page.resolveSibling(link[0]);
                files.add(file);
                if (link.length == 2) {
                    assertThat(headings(file)).contains(link[1]);
                }
            }
        }
        assertThat(files).isNotEmpty().allSatisfy(file -> assertThat(file).exists());
    }

    /** As they stand in links. */
    private static List<String> headings(Path page) throws IOException {
        return Files.readAllLines(page).stream()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("#+ ", "")
                        .toLowerCase(Locale.ROOT)
                        .replace(' ', '-')
                        .replaceAll("[^\\p{L}0-9-]", ""))
                .collect(Collectors.toList());
    }

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(PROJECT.resolve("README.md")));
        try (Stream<Path> docs = Files.list(PROJECT.resolve("docs"))) {
            docs.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
        }
        return pages;
    }

    private static String allPages() throws IOException {
        StringBuilder text = new StringBuilder();
        for (Path page : pages()) {
            text.append(Files.readString(page));
        }
        return text.toString();
    }

    private static List<String> blocks(String language) throws IOException {
        Matcher matcher =
                Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(allPages());
        List<String> blocks = new ArrayList<>();
        while (matcher.find()) {
            blocks.add(matcher.group(1));
        }
        return blocks;
    }

    /** Without white space, which the formatter may set otherwise here. */
    private static String squeezed(String code) {
        return code.replaceAll("\\s", "");
    }
}
