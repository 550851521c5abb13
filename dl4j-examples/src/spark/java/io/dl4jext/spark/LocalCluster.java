package io.dl4jext.spark;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;

/**
 * A standalone Spark cluster on this machine: a master and worker processes of one core each, on the loopback address,
 * with the class path of this JVM. Nothing has to be installed. Stop the SparkContext before {@link #close()}.
 */
public final class LocalCluster implements AutoCloseable {

    private static final String LOOPBACK = "127.0.0.1";
    private static final long PATIENCE_SECONDS = 60;

    private final Path home;
    private final int port;
    private final int workers;
    private final int megabytes;
    private final List<Process> processes = new ArrayList<>();
    private final Thread atExit = new Thread(this::stop);

    /**
     * Starts it.
     *
     * @param workers how many worker processes, each with one core
     * @param megabytes the heap of the executor that each will have
     */
    public LocalCluster(int workers, int megabytes) throws IOException {
        this.workers = workers;
        this.megabytes = megabytes;
        home = Files.createTempDirectory("spark");
        // Where Spark's launcher looks for its jars; all are on the class path already.
        Files.createDirectory(home.resolve("jars"));
        port = freePort();
        Runtime.getRuntime().addShutdownHook(atExit);
        try {
            start("master", "org.apache.spark.deploy.master.Master", "--host", LOOPBACK, "--port", "" + port);
            awaitMaster();
            for (int i = 0; i < workers; i++) {
                start(
                        "worker" + i,
                        "org.apache.spark.deploy.worker.Worker",
                        "--host",
                        LOOPBACK,
                        "--cores",
                        "1",
                        "--memory",
                        megabytes + "m",
                        "--work-dir",
                        home.resolve("work" + i).toString(),
                        url());
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** The master's address, for {@link SparkConf#setMaster}. */
    public String url() {
        return "spark://" + LOOPBACK + ":" + port;
    }

    /** For a SparkContext on this cluster, which begins when all workers are there. */
    public SparkConf conf(String name) {
        return onLoopback(name, url())
                .set("spark.cores.max", "" + workers)
                .set("spark.executor.cores", "1")
                .set("spark.executor.memory", megabytes + "m")
                .set("spark.executor.extraClassPath", System.getProperty("java.class.path"))
                .set("spark.executor.extraJavaOptions", String.join(" ", options()))
                .set("spark.executorEnv.OMP_WAIT_POLICY", "PASSIVE")
                .set("spark.scheduler.minRegisteredResourcesRatio", "1")
                .set("spark.scheduler.maxRegisteredResourcesWaitingTime", PATIENCE_SECONDS + "s");
    }

    /** For threads of this JVM. */
    public static SparkConf threads(String name, int workers) {
        return onLoopback(name, "local[" + workers + "]");
    }

    private static SparkConf onLoopback(String name, String master) {
        return new SparkConf()
                .setAppName(name)
                .setMaster(master)
                .set("spark.driver.host", LOOPBACK)
                .set("spark.driver.bindAddress", LOOPBACK)
                .set("spark.ui.enabled", "false");
    }

    /** What this JVM was started with that its executors need too. */
    private static List<String> options() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("--add-opens")
                        || option.startsWith("-Daeron")
                        || option.startsWith("-Dorg.bytedeco")
                        || option.startsWith("-Dorg.eclipse"))
                .collect(Collectors.toList());
    }

    private void start(String name, String program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options());
        command.add("-Xmx256m");
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(program);
        command.addAll(List.of(arguments));
        command.addAll(List.of("--webui-port", "0"));
        // Spark takes its options before the master's address.
        if (arguments[arguments.length - 1].equals(url())) {
            command.remove(url());
            command.add(url());
        }
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log(name))
                .directory(home.toFile());
        builder.environment().put("SPARK_LOCAL_IP", LOOPBACK);
        builder.environment().put("SPARK_HOME", home.toString());
        builder.environment().put("SPARK_SCALA_VERSION", "2.12");
        processes.add(builder.start());
    }

    private File log(String name) {
        return home.resolve(name + ".log").toFile();
    }

    private void awaitMaster() throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!accepts(port)) {
            if (System.nanoTime() > end || !processes.get(0).isAlive()) {
                throw new IOException("Spark's master has not started:\n"
                        + Files.readString(log("master").toPath()));
            }
            try {
                Thread.sleep(100);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("Interrupted while Spark's master was starting", e);
            }
        }
    }

    private static boolean accepts(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(LOOPBACK, port), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Below the ports that systems give to clients: there, {@link #accepts} could be given the very port that it asks
     * for, and speak with itself.
     */
    private static int freePort() throws IOException {
        Random random = new Random();
        for (int attempt = 0; attempt < 100; attempt++) {
            int candidate = 20_000 + random.nextInt(10_000);
            try (ServerSocket socket = new ServerSocket(candidate, 1, InetAddress.getByName(LOOPBACK))) {
                return socket.getLocalPort();
            } catch (BindException taken) {
                // The next one, then.
            }
        }
        throw new IOException("Found no free port from 20000 to 29999");
    }

    /** Ends all its processes and deletes their files. */
    @Override
    public void close() throws IOException {
        stop();
        Runtime.getRuntime().removeShutdownHook(atExit);
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).collect(Collectors.toList())) {
                Files.deleteIfExists(file);
            }
        }
    }

    private void stop() {
        // The executors are children of the workers.
        List<ProcessHandle> all = processes.stream()
                .flatMap(process -> Stream.concat(process.descendants(), Stream.of(process.toHandle())))
                .collect(Collectors.toList());
        all.forEach(ProcessHandle::destroy);
        for (ProcessHandle process : all) {
            try {
                process.onExit().get(10, TimeUnit.SECONDS);
            } catch (Exception e) {
                process.destroyForcibly();
            }
        }
    }
}
