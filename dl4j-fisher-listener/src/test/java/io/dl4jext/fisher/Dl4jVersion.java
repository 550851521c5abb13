package io.dl4jext.fisher;

/** Which DL4J the tests run on, for the few layers that do not work in one version of it at all. */
public final class Dl4jVersion {

    private Dl4jVersion() {}

    public static boolean isBeta7() {
        try {
            // New in 1.0.0-M1.
            Class.forName("org.deeplearning4j.nn.layers.HelperUtils");
            return false;
        } catch (ClassNotFoundException e) {
            return true;
        }
    }
}
