using Mono.Cecil;
using Mono.Cecil.Cil;

namespace MovieLms.EndToEnd.Conventions;

/// <summary>A compiled project of the product, read without loading it.</summary>
internal sealed class ProductAssembly : IDisposable
{
    private readonly AssemblyDefinition _assembly;

    private ProductAssembly(AssemblyDefinition assembly) => _assembly = assembly;

    internal string Name => _assembly.Name.Name;

    /// <summary>The types declared in the source. Compiler-generated types are nested in them.</summary>
    internal IEnumerable<TypeDefinition> Types =>
        _assembly.MainModule.Types.Where(type => type.Namespace == Name || type.Namespace.StartsWith(Name + ".", StringComparison.Ordinal));

    internal IEnumerable<string> References => _assembly.MainModule.AssemblyReferences.Select(reference => reference.Name);

    internal static ProductAssembly Read(string name) =>
        new(AssemblyDefinition.ReadAssembly(Path.Combine(AppContext.BaseDirectory, name + ".dll")));

    /// <summary>Returns, for each namespace of the assembly, the other namespaces of the assembly that it uses.</summary>
    internal Dictionary<string, HashSet<string>> GetNamespaceUses()
    {
        var uses = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var type in Types)
        {
            var used = uses.TryGetValue(type.Namespace, out var known) ? known : uses[type.Namespace] = [];
            foreach (var reference in GetUsedTypes(type))
            {
                var target = GetOutermost(reference);
                if (target.Scope == _assembly.MainModule && target.Namespace != type.Namespace && target.Namespace.Length > 0)
                    used.Add(target.Namespace);
            }
        }
        return uses;
    }

    /// <summary>Returns the methods that the assembly calls, with the calling type.</summary>
    internal IEnumerable<(TypeDefinition Caller, MethodReference Method)> GetCalls() =>
        from type in Types
        from instruction in Instructions(type)
        where instruction.Operand is MethodReference
        select (type, (MethodReference)instruction.Operand);

    /// <summary>Returns the string literals of the assembly, with the containing type.</summary>
    internal IEnumerable<(TypeDefinition Type, string Text)> GetStrings()
    {
        foreach (var type in Types)
        {
            foreach (var instruction in Instructions(type))
            {
                if (instruction.Operand is string text)
                    yield return (type, text);
            }
            foreach (var constant in WithNested(type).SelectMany(nested => nested.Fields).Select(field => field.Constant).OfType<string>())
                yield return (type, constant);
        }
    }

    public void Dispose() => _assembly.Dispose();

    private static IEnumerable<Instruction> Instructions(TypeDefinition type) =>
        WithNested(type)
            .SelectMany(nested => nested.Methods)
            .Where(method => method.HasBody)
            .SelectMany(method => method.Body.Instructions);

    private static IEnumerable<TypeDefinition> WithNested(TypeDefinition type) => type.NestedTypes.SelectMany(WithNested).Prepend(type);

    private static IEnumerable<TypeReference> GetUsedTypes(TypeDefinition type)
    {
        foreach (var nested in WithNested(type))
        {
            var direct = nested
                .Interfaces.Select(implemented => implemented.InterfaceType)
                .Concat(nested.Fields.Select(field => field.FieldType))
                .Concat(nested.Methods.SelectMany(Signature))
                .Concat(nested.Methods.Where(method => method.HasBody).SelectMany(Body));
            if (nested.BaseType is { } parent)
                direct = direct.Prepend(parent);
            foreach (var reference in direct.SelectMany(Parts))
                yield return reference;
        }
    }

    private static IEnumerable<TypeReference> Signature(MethodReference method)
    {
        yield return method.ReturnType;
        foreach (var parameter in method.Parameters)
            yield return parameter.ParameterType;
        if (method is GenericInstanceMethod generic)
        {
            foreach (var argument in generic.GenericArguments)
                yield return argument;
        }
    }

    private static IEnumerable<TypeReference> Body(MethodDefinition method)
    {
        foreach (var instruction in method.Body.Instructions)
        {
            switch (instruction.Operand)
            {
                case TypeReference type:
                    yield return type;
                    break;
                case FieldReference field:
                    yield return field.DeclaringType;
                    break;
                case MethodReference called:
                    yield return called.DeclaringType;
                    foreach (var part in Signature(called))
                        yield return part;
                    break;
            }
        }
    }

    /// <summary>Returns a type together with its element type and generic arguments.</summary>
    private static IEnumerable<TypeReference> Parts(TypeReference type)
    {
        if (type is GenericInstanceType generic)
        {
            foreach (var argument in generic.GenericArguments.SelectMany(Parts))
                yield return argument;
        }
        if (type is TypeSpecification specification)
        {
            foreach (var part in Parts(specification.ElementType))
                yield return part;
        }
        else
        {
            yield return type;
        }
    }

    private static TypeReference GetOutermost(TypeReference type)
    {
        while (type.DeclaringType is { } outer)
            type = outer;
        return type;
    }
}
