using System.Text;
using EmbeddedMongo.Authentication;
using EmbeddedMongo.Errors;
using MongoDB.Bson;

namespace EmbeddedMongo.Commands.Server;

/// <summary><c>saslStart</c> and <c>saslContinue</c> with SCRAM-SHA-256, and <c>logout</c>.</summary>
internal sealed class AuthenticationCommands : ICommand
{
    public const string Mechanism = "SCRAM-SHA-256";

    /// <summary>A connection has at most one conversation.</summary>
    private const int ConversationId = 1;

    /// <summary>Maximum length of a client's message, which contains a user name and a nonce.</summary>
    private const int MaxPayloadBytes = 4096;

    public IReadOnlyList<string> Names { get; } = ["saslStart", "saslContinue", "logout"];

    public void Execute(OperationContext operation)
    {
        var arguments = operation.Arguments;
        switch (operation.Request.Name)
        {
            case "saslStart":
                operation.Reply.AddAll(Start(operation.Authentication, operation.Database, arguments));
                break;
            case "saslContinue":
                var id = arguments.GetInt64("conversationId") ?? throw arguments.Missing("conversationId");
                if (id != ConversationId)
                    throw new MongoErrorException(MongoErrorCodes.ProtocolError, "sasl: Mismatched conversation id");

                operation.Reply.AddAll(Describe(operation.Authentication.Continue(ReadPayload(arguments))));
                break;
            case "logout" when operation.Database == CredentialStore.Database:
                operation.Authentication.LogOut();
                break;
        }
    }

    /// <summary>Starts a conversation with the arguments of <c>saslStart</c>, and returns the fields of its reply.</summary>
    public static BsonDocument Start(ClientAuthentication authentication, string database, CommandArguments arguments)
    {
        var mechanism = arguments.GetString("mechanism") ?? throw arguments.Missing("mechanism");
        if (mechanism != Mechanism)
        {
            throw new MongoErrorException(
                MongoErrorCodes.MechanismUnavailable,
                $"Received authentication for mechanism {mechanism} which is unknown or not enabled"
            );
        }

        var options = new CommandArguments("saslStart.options", arguments.GetDocument("options") ?? []);
        return Describe(authentication.Start(database, ReadPayload(arguments), options.GetBoolean("skipEmptyExchange")));
    }

    private static BsonDocument Describe((string Message, bool IsComplete) reply) =>
        new()
        {
            { "conversationId", ConversationId },
            { "done", reply.IsComplete },
            { "payload", new BsonBinaryData(Encoding.UTF8.GetBytes(reply.Message)) },
        };

    private static string ReadPayload(CommandArguments arguments) =>
        arguments.Get("payload") switch
        {
            null => throw arguments.Missing("payload"),
            BsonBinaryData { Bytes: { Length: <= MaxPayloadBytes } bytes } => Encoding.UTF8.GetString(bytes),
            BsonBinaryData => throw MongoErrorException.AuthenticationFailed(),
            var other => throw arguments.WrongType("payload", other, "binData"),
        };
}
