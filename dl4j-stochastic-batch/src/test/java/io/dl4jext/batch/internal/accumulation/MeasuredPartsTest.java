package io.dl4jext.batch.internal.accumulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.deeplearning4j.nn.api.Model;
import org.junit.jupiter.api.Test;

/** The fisher module is an optional dependency. */
class MeasuredPartsTest {

    /** Loads MeasuredParts itself, and finds FisherListener or not. */
    private static final class Loader extends ClassLoader {

        private final boolean withFisher;

        Loader(boolean withFisher) {
            super(MeasuredParts.class.getClassLoader());
            this.withFisher = withFisher;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("io.dl4jext.fisher.") && !withFisher) {
                throw new ClassNotFoundException(name);
            }
            if (!name.equals(MeasuredParts.class.getName())) {
                return super.loadClass(name, resolve);
            }
            try (InputStream in = MeasuredParts.class.getResourceAsStream("MeasuredParts.class")) {
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    private static void announce(boolean withFisher) throws Throwable {
        Class<?> loaded = new Loader(withFisher).loadClass(MeasuredParts.class.getName());
        assertThat(loaded).isNotSameAs(MeasuredParts.class);
        Method method = loaded.getDeclaredMethod("announce", Model.class, boolean.class, boolean.class);
        method.setAccessible(true);
        try {
            method.invoke(null, null, true, true);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    @Test
    void withoutTheFisherModuleNobodyIsTold() throws Throwable {
        announce(false);
        // With it the network's listeners are asked for: there is no network here.
        assertThatThrownBy(() -> announce(true)).hasMessageContaining("got null");
    }
}
