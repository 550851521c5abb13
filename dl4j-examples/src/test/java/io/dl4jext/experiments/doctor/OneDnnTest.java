package io.dl4jext.experiments.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OneDnnTest {

    @TempDir
    Path folder;

    /** {@code java -jar dl4j-examples.jar} has one jar on its class path, whose manifest names all others. */
    @Test
    void theLibraryIsFoundWhereAManifestNamesIt() throws IOException {
        jar(
                "nd4j-native-onednn.jar",
                "",
                "org/nd4j/linalg/cpu/nativecpu/bindings/" + Loader.getPlatform() + "-onednn/");
        jar("nd4j-native.jar", "", "org/nd4j/linalg/cpu/nativecpu/bindings/" + Loader.getPlatform() + "/");
        try (URLClassLoader with = loader(jar("with.jar", "nd4j-native-onednn.jar", "a/"));
                URLClassLoader without = loader(jar("without.jar", "nd4j-native.jar", "a/"))) {
            assertThat(OneDnn.isThere(with)).isTrue();
            assertThat(OneDnn.isThere(without)).isFalse();
        }
    }

    private static URLClassLoader loader(Path jar) throws IOException {
        return new URLClassLoader(new URL[] {jar.toUri().toURL()}, null);
    }

    private Path jar(String name, String classPath, String entry) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, classPath);
        Path file = folder.resolve(name);
        try (OutputStream out = Files.newOutputStream(file);
                JarOutputStream jar = new JarOutputStream(out, manifest)) {
            jar.putNextEntry(new JarEntry(entry));
            jar.closeEntry();
        }
        return file;
    }
}
