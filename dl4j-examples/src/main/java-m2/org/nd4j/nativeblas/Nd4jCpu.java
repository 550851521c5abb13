package org.nd4j.nativeblas;

/**
 * Opens DL4J 1.0.0-M2.1's own door to oneDNN.
 *
 * <p>M2.1 moved its generated class {@code Nd4jCpu} to another package, but DL4J's {@code
 * org.deeplearning4j.nn.layers.mkldnn.BaseMKLDNNHelper} still looks up {@code org.nd4j.nativeblas.Nd4jCpu$Environment}
 * by name, finds nothing, and leaves every convolution, pooling and batch normalisation to a slow path. This class
 * stands at that name and answers for the native library that is really loaded. It is compiled for M2.1 only
 * (1.0.0-beta7 has the real class) and does nothing unless {@code -Dorg.eclipse.deeplearning4j.helpers.disable=false}
 * is set, too.
 */
public final class Nd4jCpu {

    private Nd4jCpu() {}

    /** The two methods that {@code BaseMKLDNNHelper} calls by reflection. */
    public static final class Environment {

        private static final Environment INSTANCE = new Environment();

        private final boolean oneDnn =
                NativeOpsHolder.getInstance().getDeviceNativeOps().buildInfo().contains("HAVE_ONEDNN");

        private Environment() {}

        /** The only instance. */
        public static Environment getInstance() {
            return INSTANCE;
        }

        /**
         * Whether the loaded native library was built with oneDNN (formerly MKL-DNN): its {@code -onednn} classifiers.
         */
        public boolean isUseMKLDNN() {
            return oneDnn;
        }
    }
}
