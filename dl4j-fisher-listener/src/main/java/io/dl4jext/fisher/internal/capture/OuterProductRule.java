package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.OuterProductContribution;
import io.dl4jext.fisher.internal.gram.Place;
import io.dl4jext.fisher.internal.gram.SampleGradients;
import io.dl4jext.fisher.layer.OuterProductLayers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.deeplearning4j.nn.api.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Layers of other libraries that hand over the factors of their gradient themselves. */
final class OuterProductRule implements LayerRule {

    private static final Logger log = LoggerFactory.getLogger(OuterProductRule.class);

    /** By the class loader of the layers that they come with. */
    private final Map<ClassLoader, List<OuterProductLayers>> services = new HashMap<>();

    @Override
    public boolean supports(Layer layer) {
        return service(layer).isPresent();
    }

    @Override
    public LayerPass watch(LayerSite site, SampleGradients gradients) {
        OuterProductLayers service = service(site.layer)
                .orElseThrow(() -> new IllegalStateException(site + " does not hand over its gradient's factors"));
        return new FactorsPass(service, site, gradients);
    }

    private Optional<OuterProductLayers> service(Layer layer) {
        return services.computeIfAbsent(layer.getClass().getClassLoader(), OuterProductRule::load).stream()
                .filter(service -> service.supports(layer))
                .findFirst();
    }

    private static List<OuterProductLayers> load(ClassLoader loader) {
        List<OuterProductLayers> found = new ArrayList<>();
        try {
            ServiceLoader.load(OuterProductLayers.class, loader).forEach(found::add);
        } catch (ServiceConfigurationError e) {
            log.warn("A rule for layers could not be loaded; such layers are replayed", e);
        }
        return found;
    }

    private static final class FactorsPass extends LayerPass {

        private final OuterProductLayers service;
        private final LayerSite site;
        private final SampleGradients gradients;
        private final List<Runnable> contributions = new ArrayList<>();
        private OuterProductLayers.Watch watch;

        FactorsPass(OuterProductLayers service, LayerSite site, SampleGradients gradients) {
            this.service = service;
            this.site = site;
            this.gradients = gradients;
        }

        @Override
        void before(Layer layer, INDArray epsilon, OptionalInt truncation) {
            // Only noted here: what fails in measuring must not fail inside the layer.
            watch = service.watch(layer, new OuterProductLayers.Factors() {
                @Override
                public void add(INDArray inputs, INDArray deltas, boolean bias) {
                    contributions.add(() -> OuterProductContribution.add(gradients, inputs, deltas, bias));
                }

                @Override
                public void add(INDArray inputs, INDArray deltas, String weights, String bias) {
                    contributions.add(() -> OuterProductContribution.add(
                            gradients,
                            inputs,
                            deltas,
                            site.place(weights),
                            bias == null ? Place.NONE : site.place(bias)));
                }
            });
        }

        @Override
        void release(Layer layer) {
            if (watch != null) {
                watch.close();
                watch = null;
            }
        }

        @Override
        void after(Layer layer) {
            if (contributions.isEmpty()) {
                throw new IllegalStateException("its backward pass handed over no factors of its gradient");
            }
            contributions.forEach(Runnable::run);
        }
    }
}
