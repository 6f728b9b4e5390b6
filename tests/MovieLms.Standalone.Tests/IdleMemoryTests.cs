namespace MovieLms.Standalone.Tests;

public class IdleMemoryTests
{
    private const long Megabyte = 1024 * 1024;

    [Fact]
    public void Memory_is_returned_once_after_a_load()
    {
        using var memory = new IdleMemory(TimeProvider.System);
        Assert.False(memory.ShouldCollect(100 * Megabyte));
        Assert.False(memory.ShouldCollect(200 * Megabyte));
        Assert.True(memory.ShouldCollect(201 * Megabyte));
        Assert.False(memory.ShouldCollect(202 * Megabyte));
    }

    [Fact]
    public void Small_allocations_add_up_until_a_collection_is_worthwhile()
    {
        using var memory = new IdleMemory(TimeProvider.System);
        Assert.False(memory.ShouldCollect(15 * Megabyte));
        Assert.False(memory.ShouldCollect(30 * Megabyte));
        Assert.False(memory.ShouldCollect(45 * Megabyte));
        Assert.False(memory.ShouldCollect(60 * Megabyte));
        Assert.True(memory.ShouldCollect(64 * Megabyte));
    }
}
