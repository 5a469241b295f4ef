using Kabar.Transcripts;

namespace Kabar.Tests.Server.Lines;

public sealed class DocumentGroupTests
{
    [Fact]
    public async Task Clients_of_the_document_converse_leave_and_go_on()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var realm = await RealmInMemory.OpenAsync(stop);
        var messi = new DocumentClient(await realm.ConnectAsync("realm-chat", stop), 32, " \r\n");
        var james = new DocumentClient(await realm.ConnectAsync("realm-chat", stop), 32, " \r\n");
        await messi.LogInAsync("auth", "tokenid", "messi", "surabaya", stop);
        await james.LogInAsync("auth", "tokenid", "james", "medan", stop);

        await messi.EnterGroupAsync("batak", stop);
        (await messi.HearAsync(stop)).ShouldBe("messi telah bergabung");
        await james.EnterGroupAsync("batak", stop);
        (await james.HearAsync(stop)).ShouldBe("james telah bergabung");
        (await messi.HearAsync(stop)).ShouldBe("james telah bergabung");

        await messi.SayAsync("halo gaes", stop);
        (await messi.HearAsync(stop)).ShouldBe("messi: halo gaes");
        (await james.HearAsync(stop)).ShouldBe("messi: halo gaes");

        // Right behind a text: the exit must come by itself all the same.
        await james.SayAsync("sampai jumpa", stop);
        (await james.HearAsync(stop)).ShouldBe("james: sampai jumpa");
        (await messi.HearAsync(stop)).ShouldBe("james: sampai jumpa");
        await james.SayAsync("exit", stop);
        (await james.HearAsync(stop)).ShouldBeNull();
        (await james.ReadReplyAsync(stop)).GetProperty("message").GetString().ShouldBe("Telah keluar dari grup batak");
        (await james.AskWithTokenAsync("inbox", stop)).GetProperty("status").GetString().ShouldBe("OK");

        (await messi.HearAsync(stop)).ShouldBe("james meninggalkan group");
    }
}
