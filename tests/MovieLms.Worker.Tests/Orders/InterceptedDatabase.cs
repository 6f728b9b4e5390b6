using System.Reflection;
using MongoDB.Driver;

namespace MovieLms.Worker.Tests.Orders;

/// <summary>A database whose collections call an action before each insert, to simulate a crash at that point.</summary>
public class InterceptedDatabase : DispatchProxy
{
    private object _inner = null!;
    private Action _beforeInsert = null!;

    internal static IMongoDatabase Of(IMongoDatabase database, Action beforeInsert) => Wrap(database, beforeInsert);

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (targetMethod!.Name.StartsWith("Insert", StringComparison.Ordinal))
            _beforeInsert();
        var result = targetMethod.Invoke(_inner, args);
        return targetMethod.Name == nameof(IMongoDatabase.GetCollection) ? WrapCollection(targetMethod.ReturnType, result!) : result;
    }

    private object WrapCollection(Type collection, object inner) =>
        typeof(InterceptedDatabase)
            .GetMethod(nameof(Wrap), BindingFlags.Static | BindingFlags.NonPublic)!
            .MakeGenericMethod(collection)
            .Invoke(null, [inner, _beforeInsert])!;

    private static T Wrap<T>(T inner, Action beforeInsert)
        where T : class
    {
        var proxy = Create<T, InterceptedDatabase>();
        ((InterceptedDatabase)(object)proxy)._inner = inner;
        ((InterceptedDatabase)(object)proxy)._beforeInsert = beforeInsert;
        return proxy;
    }
}
