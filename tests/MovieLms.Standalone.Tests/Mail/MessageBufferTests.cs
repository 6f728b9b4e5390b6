using System.Buffers;
using System.Text;
using MovieLms.Standalone.Mail;

namespace MovieLms.Standalone.Tests.Mail;

public sealed class MessageBufferTests
{
    [Theory]
    [InlineData(".\r\n", "")]
    [InlineData("a\r\n.\r\n", "a\r\n")]
    [InlineData("..a\r\n...\r\n.\r\n", ".a\r\n..\r\n")]
    [InlineData("a\n.\nb\r\n.\r\n", "a\n.\nb\r\n")]
    [InlineData("a\n.\r\nb\r\n.\r\n", "a\n.\r\nb\r\n")]
    [InlineData("a\r\r\n.\r\n", "a\r\r\n")]
    [InlineData(".\rb\r\n.\r\n", "\rb\r\n")]
    public void A_message_ends_at_its_single_dot_for_every_split(string sent, string expected)
    {
        const string Next = "MAIL FROM:<a@example.test>\r\n";
        var bytes = Encoding.ASCII.GetBytes(sent + Next);
        for (var cut = 0; cut <= sent.Length; cut++)
        {
            var buffer = new MessageBuffer(1_000);
            var first = new ReadOnlySequence<byte>(bytes, 0, cut);
            var used = first.Slice(0, buffer.Append(first)).Length;
            if (!buffer.IsComplete)
            {
                Assert.Equal(cut, used);
                var rest = new ReadOnlySequence<byte>(bytes, cut, bytes.Length - cut);
                used += rest.Slice(0, buffer.Append(rest)).Length;
            }
            Assert.True(buffer.IsComplete);
            Assert.Equal(sent.Length, used);
            Assert.Equal(expected, Encoding.ASCII.GetString(buffer.Content!.Value.Span));
        }
    }

    [Fact]
    public void A_message_above_the_maximum_is_read_to_its_end_and_discarded()
    {
        var buffer = new MessageBuffer(10);
        buffer.Append(new ReadOnlySequence<byte>("0123456789\r\n.\r\n"u8.ToArray()));
        Assert.True(buffer.IsComplete);
        Assert.Null(buffer.Content);
    }
}
