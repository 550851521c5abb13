package io.dl4jext.experiments.doctor;

import io.dl4jext.experiments.data.ImageShape;
import io.dl4jext.experiments.network.Architecture;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.bytedeco.javacpp.Loader;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.Sgd;

/** Whether DL4J's convolution, pooling and batch-norm layers reach oneDNN (formerly MKL-DNN), found out from layers. */
final class OneDnn {

    private static final String HELPERS_PROPERTY = "org.eclipse.deeplearning4j.helpers.disable";
    private static final String LOOKED_UP_CLASS = "org.nd4j.nativeblas.Nd4jCpu$Environment";

    private static final String LIBRARIES = "org/nd4j/linalg/cpu/nativecpu/bindings/";

    private final Set<String> helpers = new LinkedHashSet<>();
    private final List<String> advice = new ArrayList<>();

    private OneDnn() {}

    /** Builds a small network and asks its layers for the helpers that they will use. */
    static OneDnn check(boolean beta7) {
        OneDnn found = new OneDnn();
        MultiLayerNetwork network = (MultiLayerNetwork)
                Architecture.LENET.create(new ImageShape(1, 16, 16), 2, new Sgd(), 1, DataType.FLOAT);
        for (Layer layer : network.getLayers()) {
            if (layer.getHelper() != null) {
                found.helpers.add(layer.getHelper().getClass().getSimpleName());
            }
        }
        if (!found.reached()) {
            found.explain(beta7);
        }
        return found;
    }

    boolean reached() {
        return !helpers.isEmpty();
    }

    /** One line. */
    String text() {
        return reached()
                ? "reached (" + String.join(", ", helpers) + ")"
                : "not reached: convolutions take a slow path";
    }

    /** What to do to reach it; empty when it is reached. */
    List<String> advice() {
        return advice;
    }

    private void explain(boolean beta7) {
        if (beta7) {
            advice.add(
                    "oneDNN: this platform's nd4j-native has none; linux-x86_64, macosx-x86_64 and windows-x86_64 have it");
            return;
        }
        if (!isThere(OneDnn.class.getClassLoader())) {
            advice.add(
                    "oneDNN: put nd4j-native's classifier <platform>-onednn (such as linux-x86_64-onednn) on the class path"
                            + " in place of <platform>");
        }
        if (!"false".equalsIgnoreCase(System.getProperty(HELPERS_PROPERTY))) {
            advice.add("oneDNN: start Java with -D" + HELPERS_PROPERTY + "=false (DL4J's default is true)");
        }
        try {
            Class.forName(LOOKED_UP_CLASS);
        } catch (ClassNotFoundException | LinkageError e) {
            advice.add("oneDNN: put a class " + LOOKED_UP_CLASS.replace("$", " with a nested class ")
                    + " on the class path; it is in dl4j-examples/src/main/java-m2, ready to copy");
        }
    }

    /** Whether nd4j-native's jar for oneDNN is there, wherever it comes from: a jar's manifest may name it, too. */
    static boolean isThere(ClassLoader loader) {
        return loader.getResource(LIBRARIES + Loader.getPlatform() + "-onednn") != null;
    }
}
