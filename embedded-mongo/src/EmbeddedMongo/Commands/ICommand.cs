namespace EmbeddedMongo.Commands;

/// <summary>A command of the protocol, or a family of related commands. One instance serves all connections.</summary>
internal interface ICommand
{
    /// <summary>The command's names. The first is the documented one.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>
    /// Runs the command and appends the fields of the reply. The dispatcher adds <c>ok</c> and converts exceptions to errors.
    /// </summary>
    void Execute(OperationContext operation);

    /// <summary>Like <see cref="Execute"/>, for a command that may wait without holding a thread.</summary>
    ValueTask ExecuteAsync(OperationContext operation)
    {
        Execute(operation);
        return default;
    }
}
