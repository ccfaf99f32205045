/// A self-signed certificate for localhost, valid for a century, and keys; used by nothing but these tests.
enum TestCertificate {
    static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBmzCCAUGgAwIBAgIUFwnm+Fgh7JGVtVPh0+YM/7FYaFUwCgYIKoZIzj0EAwIw
        FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNDIzMzEzM1oYDzIxMjYxMDMx
        MjMzMTMzWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
        PQMBBwNCAATlTTlx/x/7cUWVFbOnhSkZ276duRQPZJRGG7hTTDTkvqllmgvIwMT7
        p9vRI9R+MSFdL2l7pWqNJC2+655XmDD7o28wbTAdBgNVHQ4EFgQUozALX8HNg07Z
        t7XOjEvIc2WHGuMwHwYDVR0jBBgwFoAUozALX8HNg07Zt7XOjEvIc2WHGuMwDwYD
        VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
        zj0EAwIDSAAwRQIhAJPx9YSrUlY5pnYPWCj+vHOxT5Xcg6cvkvchoP/CL2zqAiBs
        kPLqLK9S7nCu7sXMjMcnQ/H7azmC5j70cw9AIiDnwA==
        -----END CERTIFICATE-----
        """
    static let privateKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg1Hwl4aG+Q55RVWpS
        bD9dKuE29WbEpXwigEvQ/ytu1/ChRANCAATlTTlx/x/7cUWVFbOnhSkZ276duRQP
        ZJRGG7hTTDTkvqllmgvIwMT7p9vRI9R+MSFdL2l7pWqNJC2+655XmDD7
        -----END PRIVATE KEY-----
        """
    /// A key that does not belong to the certificate.
    static let otherKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgwHcBKkjAQCm4LByY
        QsH08AZHrRagPMex1XKcz8zrz1WhRANCAAR3+wKb6vwF+DivEdEmHymG89icavM5
        COu2fdry/+nCzK89J6gUxRyeFTesuzQ0OZ6/Psm7C33d9AkfKTt3wirl
        -----END PRIVATE KEY-----
        """
}
