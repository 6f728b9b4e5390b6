using System.Text.Json.Serialization;

namespace MovieLms.Client;

/// <summary>The result of a sign-in: <see cref="SignedIn"/> or <see cref="SecondStepRequired"/>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "status")]
[JsonDerivedType(typeof(SignedIn), "signedIn")]
[JsonDerivedType(typeof(SecondStepRequired), "secondStepRequired")]
public abstract record LoginResponse;

/// <summary>The tokens of a completed sign-in.</summary>
/// <param name="ExpiresIn">Seconds until the access token expires.</param>
public sealed record SignedIn(
    [property: JsonPropertyName("accessToken")] string AccessToken,
    [property: JsonPropertyName("refreshToken")] string RefreshToken,
    [property: JsonPropertyName("tokenType")] string TokenType,
    [property: JsonPropertyName("expiresIn")] int ExpiresIn
) : LoginResponse;

/// <summary>The challenge of a second step. Pass it with a code to <see cref="MovieLmsClient.CompleteSignInAsync"/>.</summary>
/// <param name="Methods">The kinds of codes that complete the sign-in.</param>
public sealed record SecondStepRequired(
    [property: JsonPropertyName("challenge")] string Challenge,
    [property: JsonPropertyName("methods")] IReadOnlyList<SecondStepMethod> Methods
) : LoginResponse;
