using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Identity;

public sealed class RegisterTests(IdentityHost fixture) : IClassFixture<IdentityHost>
{
    private readonly HttpClient _client = fixture.Host.Client;

    [Fact]
    public async Task Register_creates_a_student_and_ignores_a_role_in_the_body()
    {
        var email = TestUsers.NewEmail();
        var response = await _client.PostAsJsonAsync(
            "/api/auth/register",
            new
            {
                username = "Ida",
                email,
                password = TestUsers.Password,
                role = "admin",
                id = "x",
            }
        );
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var user = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("student", user.GetProperty("role").GetString());
        Assert.Equal(email, user.GetProperty("email").GetString());
        Assert.DoesNotContain("assword", user.GetRawText());
        Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
    }

    [Fact]
    public async Task Register_with_an_address_in_another_case_returns_409()
    {
        var email = TestUsers.NewEmail();
        (
            await _client.PostAsJsonAsync(
                "/api/auth/register",
                new
                {
                    username = "Ida",
                    email,
                    password = TestUsers.Password,
                }
            )
        ).EnsureSuccessStatusCode();
        var again = await _client.PostAsJsonAsync(
            "/api/auth/register",
            new
            {
                username = "Ida",
                email = email.ToUpperInvariant(),
                password = TestUsers.Password,
            }
        );
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        Assert.Equal("application/problem+json", again.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("""{"email":"a@b.test","password":"dolly-zoom-on-the-pier-7"}""", "username")]
    [InlineData("""{"username":"  ","email":"a@b.test","password":"dolly-zoom-on-the-pier-7"}""", "username")]
    [InlineData("""{"username":"a\r\nb","email":"a@b.test","password":"dolly-zoom-on-the-pier-7"}""", "username")]
    [InlineData("""{"username":"Ida","password":"dolly-zoom-on-the-pier-7"}""", "email")]
    [InlineData("""{"username":"Ida","email":"not an address","password":"dolly-zoom-on-the-pier-7"}""", "email")]
    [InlineData("""{"username":"Ida","email":"a@b.test\r\nBcc: c@d.test","password":"dolly-zoom-on-the-pier-7"}""", "email")]
    [InlineData("""{"username":"Ida","email":{"$gt":""},"password":"dolly-zoom-on-the-pier-7"}""", "email")]
    [InlineData("""{"username":"Ida","email":["a@b.test"],"password":"dolly-zoom-on-the-pier-7"}""", "email")]
    [InlineData("""{"username":"Ida","email":"a@b.test","password":"short"}""", "password")]
    [InlineData("""{"username":"Ida","email":"a@b.test","password":12345678901}""", "password")]
    [InlineData("""{"username":"Ida","email":"a@b.test","password":"password1234"}""", "password")]
    [InlineData("""{"username":"Ida","email":"a@b.test","password":"1234567890"}""", "password")]
    [InlineData("""{"username":"Ida","email":"projectionist@b.test","password":"Projectionist-77"}""", "password")]
    [InlineData("""{"username":"Alice Guy","email":"a@b.test","password":"alice guy 1896 paris"}""", "password")]
    public async Task Register_with_invalid_input_returns_400_and_names_the_field(string body, string field)
    {
        var response = await _client.PostAsync("/api/auth/register", new StringContent(body, Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.GetRawText());
        Assert.True(problem.TryGetProperty("traceId", out _));
    }

    [Fact]
    public async Task A_password_is_significant_beyond_its_72nd_byte()
    {
        var (email, prefix) = (TestUsers.NewEmail(), new string('x', 40) + "-correct-horse-battery-staple-" + new string('y', 30));
        (
            await _client.PostAsJsonAsync(
                "/api/auth/register",
                new
                {
                    username = "Ida",
                    email,
                    password = prefix + "A",
                }
            )
        ).EnsureSuccessStatusCode();
        var wrong = await _client.PostAsJsonAsync("/api/auth/login", new { email, password = prefix + "B" });
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        (await _client.PostAsJsonAsync("/api/auth/login", new { email, password = prefix + "A" })).EnsureSuccessStatusCode();
    }
}
