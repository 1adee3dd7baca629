import java.io.File;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.ToolProvider;

/**
 * Run by the build, with the folder of the classes as its argument: writes the class that Chronicle Map would otherwise generate and compile at its
 * first open in every process, which takes two seconds. Chronicle asks the class loader first; where the class is absent it does as before.
 */
public final class StateClassWriter {
    private static final String INTERFACE = "net.openhft.chronicle.hash.VanillaGlobalMutableState";

    private StateClassWriter() {}

    public static void main(String[] arguments) throws Exception {
        Path classes = Path.of(arguments[0]);
        Path written = classes.resolve(INTERFACE.replace('.', '/') + "$$Native.class");
        if (Files.exists(written)) {
            return;
        }
        Class<?> type = Class.forName(INTERFACE);
        Class<?> modelType = Class.forName("net.openhft.chronicle.values.ValueModel");
        Object model = modelType.getMethod("acquire", Class.class).invoke(null, type);
        Method generate = Class.forName("net.openhft.chronicle.values.Generators").getDeclaredMethod("generateNativeClass", modelType, String.class);
        generate.setAccessible(true);
        String name = type.getSimpleName() + "$$Native";
        Path source = Files.createTempDirectory("spindrift-build").resolve(name + ".java");
        Files.writeString(source, (String) generate.invoke(null, model, name));
        compile(source, classes);
        Files.delete(source);
        Files.delete(source.getParent());
    }

    private static void compile(Path source, Path classes) {
        String classPath = System.getProperty("java.class.path") + File.pathSeparator + classes;
        int result = ToolProvider.getSystemJavaCompiler().run(null, null, null, "--release", "17", "-nowarn", "-Xlint:none", "-proc:none",
            "-cp", classPath, "-d", classes.toString(), source.toString());
        if (result != 0) {
            throw new IllegalStateException("the generated " + source.getFileName() + " does not compile: " + List.of(result));
        }
    }
}
