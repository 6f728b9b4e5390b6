using EmbeddedMongo.Errors;

namespace EmbeddedMongo.Authentication;

/// <summary>The authenticated user of a connection, and its conversation that has not ended.</summary>
internal sealed class ClientAuthentication(CredentialStore credentials)
{
    private ScramConversation? _conversation;

    /// <summary>The authenticated user, or null.</summary>
    public string? UserName { get; private set; }

    /// <summary>Whether the connection may run every command.</summary>
    public bool IsAuthorized => UserName is not null || !credentials.IsAuthenticationRequired;

    /// <summary>Starts a conversation, which replaces one that has not ended.</summary>
    public (string Reply, bool IsComplete) Start(string database, string message, bool skipEmptyExchange)
    {
        _conversation = new ScramConversation(userName => credentials.Find(database, userName), skipEmptyExchange);
        return Continue(message);
    }

    /// <summary>Passes a message of the client to the conversation. An error ends it.</summary>
    /// <exception cref="MongoErrorException">17 without a conversation; 18 if authentication has failed.</exception>
    public (string Reply, bool IsComplete) Continue(string message)
    {
        var conversation = _conversation ?? throw new MongoErrorException(MongoErrorCodes.ProtocolError, "No SASL session state found");
        _conversation = null;
        var reply = conversation.Reply(message);
        if (conversation.IsComplete)
            UserName = conversation.UserName;
        else
            _conversation = conversation;

        return (reply, conversation.IsComplete);
    }

    public void LogOut() => UserName = null;
}
