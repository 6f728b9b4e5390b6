using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Options;
using MovieLms.Data.Identity;

namespace MovieLms.ApiService.Identity.Tokens;

/// <summary>
/// Configures where Data Protection stores its keys: in the folder <c>DataProtection:Directory</c> if it is set (a copy of the database
/// alone then decrypts nothing), otherwise in the database, which all replicas share. <c>DataProtection:Certificate</c> (a PEM file with
/// its private key) encrypts the keys.
/// </summary>
internal static class KeyRingStorage
{
    internal static void AddKeyRing(this IHostApplicationBuilder builder)
    {
        var protection = builder.Services.AddDataProtection().SetApplicationName("MovieLms");
        if (builder.Configuration["DataProtection:Certificate"] is { Length: > 0 } certificate)
        {
            protection.ProtectKeysWithCertificate(
                System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPemFile(certificate)
            );
        }

        if (builder.Configuration["DataProtection:Directory"] is { Length: > 0 } directory)
        {
            protection.PersistKeysToFileSystem(Directory.CreateDirectory(directory));
        }
        else
        {
            builder.Services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(services => new ConfigureOptions<KeyManagementOptions>(
                options => options.XmlRepository = new DatabaseRepository(services.GetRequiredService<DataProtectionKeyStore>())
            ));
        }
    }

    private sealed class DatabaseRepository(DataProtectionKeyStore store) : IXmlRepository
    {
        public IReadOnlyCollection<XElement> GetAllElements() => [.. store.List().Select(xml => XElement.Parse(xml))];

        public void StoreElement(XElement element, string friendlyName) =>
            store.Add(friendlyName, element.ToString(SaveOptions.DisableFormatting));
    }
}
