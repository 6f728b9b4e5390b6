namespace EmbeddedMongo;

/// <summary>The user of an <see cref="EmbeddedMongoServer"/> that requires authentication. The user may run every command.</summary>
public sealed class EmbeddedMongoUser(string name, string password)
{
    /// <summary>User name in the database <c>admin</c>.</summary>
    public string Name { get; } = name;

    /// <summary>Password that clients send for SCRAM-SHA-256, before SASLprep.</summary>
    public string Password { get; } = password;

    /// <summary>Returns the name. The password must not reach a log.</summary>
    public override string ToString() => Name;
}
