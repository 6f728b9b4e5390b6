namespace EmbeddedMongo.Commands;

/// <summary>One command of the protocol, or a family that shares its work. One instance serves all connections.</summary>
internal interface ICommand
{
    /// <summary>The names it answers to; the first is the documented one.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>Runs it and appends the answer's fields; the dispatcher adds <c>ok</c> and turns exceptions into errors.</summary>
    void Execute(OperationContext operation);
}
