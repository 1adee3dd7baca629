package io.spindrift.simulation;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/** Makes objects that do what another does, but for a few methods. */
final class Forwarding {
    private Forwarding() {}

    /** Takes a call, or hands it on. */
    interface Detour {
        Object call(Method method, Object[] arguments) throws Throwable;
    }

    static <T> T of(Class<T> seam, Detour detour) {
        return seam.cast(Proxy.newProxyInstance(seam.getClassLoader(), new Class<?>[] {seam}, (proxy, method, arguments) -> detour.call(method, arguments)));
    }

    static Object forward(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }
}
